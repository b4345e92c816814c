// Copy paths: which tokens get a bias when, and what a reply then says.

#include "checks.hpp"
#include "probe.hpp"
#include "replies.hpp"

#include "copy_path.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace graffiti::selftest {

namespace {

// The rule without cleverness: the longest beginning of the path that the reply ends with.
size_t matched_slowly(const std::vector<llama_token> & path, const std::vector<llama_token> & reply) {
    for (size_t length = std::min(path.size() - 1, reply.size()); length > 0; --length) {
        if (std::equal(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(length), reply.end() - static_cast<std::ptrdiff_t>(length))) {
            return length;
        }
    }
    return 0;
}

bool contains(const std::vector<llama_token> & reply, const std::vector<llama_token> & path) {
    return std::search(reply.begin(), reply.end(), path.begin(), path.end()) != reply.end();
}

// Random replies over three tokens, so that paths begin, break off and overlap all the time.
void biases_follow_the_rule(Report & report) {
    std::mt19937_64 random(7);
    const auto draw = [&random] { return static_cast<llama_token>(random() % 3); };
    size_t wrong = 0;
    size_t looked_at = 0;
    size_t biased = 0;
    for (int round = 0; round < 500; ++round) {
        std::vector<llama_token> path(1 + random() % 5);
        std::generate(path.begin(), path.end(), draw);
        const bool anchored = round % 2 == 0;
        CopyReader reader({{path, anchored, 1.0F, 2.0F}});
        std::vector<llama_token> reply;
        for (int step = 0; step < 12; ++step) {
            std::vector<float> logits(3, 0.0F);
            reader.apply(logits);
            std::vector<float> expected(3, 0.0F);
            const bool begins = reply.size() < path.size() && std::equal(reply.begin(), reply.end(), path.begin());
            if (anchored ? begins : !contains(reply, path)) {
                const size_t matched = anchored ? reply.size() : matched_slowly(path, reply);
                expected[static_cast<size_t>(path[matched])] = matched == 0 ? 1.0F : 2.0F;
                ++biased;
            }
            wrong += logits == expected ? 0 : 1;
            ++looked_at;
            reply.push_back(draw());
            reader.advance(reply.back());
        }
    }
    report.at_most("biases unlike the plain rule", static_cast<double>(wrong), 0.0);
    report.at_least("steps with a bias", static_cast<double>(biased), static_cast<double>(looked_at) / 4.0);
}

void paths_that_agree_count_once(Report & report) {
    CopyReader reader({{{1, 2}, false, 1.0F, 3.0F}, {{1, 0}, true, 2.0F, 3.0F}});
    std::vector<float> logits(3, 0.0F);
    reader.apply(logits);
    report.holds("of two biases on one token the larger counts", logits == std::vector<float>{0.0F, 2.0F, 0.0F});
    report.holds("the token is said to follow a path", reader.advance(1) >= 0);
    report.holds("a token off all paths is said to follow none", reader.advance(1) == 0 && reader.advance(0) == -1);
}

}  // namespace

void check_copy_path(Report & report) {
    report.begin("copy");
    biases_follow_the_rule(report);
    paths_that_agree_count_once(report);
}

void check_copied_replies(Report & report, const Subject & subject) {
    report.begin("copy");
    const std::vector<llama_token> prompt = probe_tokens(*subject.model, 12);
    const std::vector<llama_token> plain_tokens = probe_tokens(*subject.model, 24);
    const std::vector<llama_token> path(plain_tokens.begin() + 14, plain_tokens.begin() + 20);
    EngineBench bench(subject.model, {.context_tokens = 128, .sequences = 1, .threads = 1});
    const uint32_t session = bench.engine.open_session();
    const auto run = [&](std::vector<CopyPath> paths) {
        GenerateRequest request = bench.request(session, prompt, 10);
        request.copies = std::move(paths);
        return bench.replies.wait(bench.engine.generate(std::move(request)));
    };
    const Reply plain = run({});
    const Reply copied = run({{path, true, 1e4F, 1e4F}});
    const std::vector<llama_token> words = copied.ids();
    report.holds("a reply begins with the whole path", words.size() >= path.size() && std::equal(path.begin(), path.end(), words.begin()));
    size_t marked = 0;
    for (const TokenEvent & event : copied.tokens) {
        marked += event.copied == 0 ? 1 : 0;
    }
    report.at_least("tokens said to be copied", static_cast<double>(marked), static_cast<double>(path.size()));
    report.holds("a bias of zero changes nothing", run({{path, true, 0.0F, 0.0F}}).ids() == plain.ids());
    double surest = -INFINITY;  // with the bias in them all would be zero
    for (size_t i = 0; i < std::min(path.size(), copied.tokens.size()); ++i) {
        surest = std::max(surest, static_cast<double>(copied.tokens[i].logprob));
    }
    report.at_most("log-probability of a copied token, as it was before the bias", surest, -1e-3);
    report.holds("a path with a token that is none is refused", code_thrown_by([&] { run({{{-1}, false, 1.0F, 1.0F}}); }) == "ERR_NATIVE");
}

}  // namespace graffiti::selftest
