// What replies are: the same alone and in company, from the cache and without, changed in the middle.

#include "checks.hpp"
#include "figures.hpp"
#include "replies.hpp"

#include "influence.hpp"
#include "measurements.hpp"
#include "probe.hpp"

#include <algorithm>
#include <cmath>
#include <future>
#include <string>

namespace graffiti::selftest {

namespace {

constexpr uint32_t reply_tokens = 12;

std::shared_ptr<const Spray> spray_of(const OutputHead & head, uint64_t seed, Site site, bool undo) {
    auto spray = std::make_shared<Spray>(simple_spray(head, random_vector(head, seed), site, undo, site == Site::pre_norm && undo ? 0.1F : 0.0F));
    spray->strength = 0.3F;
    spray->sources = {{static_cast<int64_t>(seed), 1.0F, spray->vector, 0.0}};
    return spray;
}

std::vector<llama_token> prompt_of(const Model & model, size_t variant, size_t count) {
    std::vector<llama_token> tokens = probe_tokens(model, count + 8);
    tokens.erase(tokens.begin() + 1, tokens.begin() + 1 + static_cast<std::ptrdiff_t>(variant));
    tokens.resize(count);
    return tokens;
}

struct ReplyDifference {
    size_t other_tokens = 0;
    double logprob = 0.0;
    double influence = 0.0;
};

ReplyDifference compare(const Reply & a, const Reply & b) {
    ReplyDifference result;
    result.other_tokens = a.tokens.size() > b.tokens.size() ? a.tokens.size() - b.tokens.size() : b.tokens.size() - a.tokens.size();
    for (size_t i = 0; i < std::min(a.tokens.size(), b.tokens.size()); ++i) {
        const TokenEvent & x = a.tokens[i];
        const TokenEvent & y = b.tokens[i];
        if (x.token != y.token) {
            ++result.other_tokens;
            continue;
        }
        result.logprob = std::max(result.logprob, static_cast<double>(std::abs(x.logprob - y.logprob)));
        if (x.influence.has_value() != y.influence.has_value()) {
            result.influence = INFINITY;
        } else if (x.influence) {
            for (const float difference :
                {x.influence->kl - y.influence->kl, x.influence->shift - y.influence->shift, x.influence->ratio - y.influence->ratio, x.influence->cosine - y.influence->cosine}) {
                result.influence = std::max(result.influence, static_cast<double>(std::abs(difference)));
            }
        }
    }
    return result;
}

// Holds the engine thread at the first token it makes until opened, so that what is sent in between runs
// together.
class Gate {
  public:
    explicit Gate(Replies & replies) {
        replies.on_token([this](const TokenEvent &) {
            if (!passed_) {
                passed_ = true;
                opened_.get_future().wait();
            }
        });
    }
    void open() { opened_.set_value(); }

  private:
    std::promise<void> opened_;
    bool passed_ = false;  // engine thread only
};

void sessions_together_equal_each_alone(Report & report, const Subject & subject, const Noise & noise) {
    const Model & model = *subject.model;
    const OutputHead & head = model.head();
    struct Talk {
        std::vector<llama_token> prompt;
        std::shared_ptr<const Spray> spray;
        float strength;
    };
    const std::vector<Talk> talks = {
        {prompt_of(model, 0, 9), spray_of(head, 41, Site::pre_norm, true), 1.0F},
        {prompt_of(model, 3, 17), nullptr, 1.0F},
        {prompt_of(model, 5, 5), spray_of(head, 42, Site::post_norm, true), 1.5F},
        {prompt_of(model, 1, 12), spray_of(head, 43, Site::pre_norm, false), -1.0F},
        {prompt_of(model, 7, 6), spray_of(head, 44, Site::pre_norm, true), 2.0F},
    };
    const auto open = [](EngineBench & bench, const Talk & talk) {
        const uint32_t session = bench.engine.open_session();
        bench.engine.set_spray(session, talk.spray);
        bench.engine.set_strength(session, talk.strength);
        return session;
    };
    EngineOptions options;
    options.context_tokens = 64;
    std::vector<Reply> alone;
    for (const Talk & talk : talks) {
        options.sequences = 1;
        EngineBench bench(subject.model, options);
        alone.push_back(bench.run(open(bench, talk), talk.prompt, reply_tokens));
    }
    ReplyDifference worst;
    size_t sprayed_tokens = 0;
    for (const uint32_t sequences : {5U, 2U}) {  // all at once, and more sessions than sequences
        options.sequences = sequences;
        EngineBench bench(subject.model, options);
        Gate gate(bench.replies);
        std::vector<uint64_t> requests;
        for (const Talk & talk : talks) {
            requests.push_back(bench.engine.generate(bench.request(open(bench, talk), talk.prompt, reply_tokens)));
        }
        gate.open();
        for (size_t i = 0; i < talks.size(); ++i) {
            const Reply reply = bench.replies.wait(requests[i]);
            const ReplyDifference difference = compare(reply, alone[i]);
            worst.other_tokens += difference.other_tokens;
            worst.logprob = std::max(worst.logprob, difference.logprob);
            worst.influence = std::max(worst.influence, difference.influence);
            for (const TokenEvent & token : reply.tokens) {
                sprayed_tokens += token.influence ? 1 : 0;
            }
        }
    }
    // A head that rounds may choose otherwise when a batch adds up in another order. llama.cpp's attention adds up
    // half-precision values in the order in which they stand in the cache: 1e-3 of log-probability is usual.
    if (noise.exact()) {
        report.at_most("sessions together give the tokens each gives alone, tokens that differ", static_cast<double>(worst.other_tokens), 0.0);
        report.at_most("sessions together: log-probabilities", worst.logprob, 1e-2);
        report.at_most("sessions together: influence", worst.influence, 1e-2);
    } else {
        report.skip("sessions together give the tokens each gives alone", "this head rounds the hidden state");
    }
    report.at_least("sessions together: tokens with influence", static_cast<double>(sprayed_tokens), 4.0 * reply_tokens);
}

void cached_prompts_give_the_same_reply(Report & report, const Subject & subject, const Noise & noise) {
    const Model & model = *subject.model;
    EngineOptions options;
    options.context_tokens = 96;
    options.sequences = 2;
    EngineBench bench(subject.model, options);
    const uint32_t first = bench.engine.open_session();
    const uint32_t second = bench.engine.open_session();
    std::vector<llama_token> prompt = prompt_of(model, 0, 20);

    const auto fresh = [&](const std::vector<llama_token> & tokens) {
        EngineBench other(subject.model, options);
        return other.run(other.engine.open_session(), tokens, reply_tokens);
    };
    const Reply start = bench.run(first, prompt, reply_tokens);
    report.at_most("a first prompt has nothing cached", start.finish->cached_tokens, 0.0);
    // The next turn: what was said, what was replied, and something new.
    std::vector<llama_token> next(prompt);
    const std::vector<llama_token> said = start.ids();
    next.insert(next.end(), said.begin(), said.end());
    const size_t known = next.size() - 1;  // the last token of a reply is not encoded until it is needed
    const std::vector<llama_token> more = prompt_of(model, 6, 7);
    next.insert(next.end(), more.begin() + 1, more.end());
    const Reply turn = bench.run(first, next, reply_tokens);
    const Reply turn_fresh = fresh(next);
    // The same beginning in another session.
    std::vector<llama_token> other(next.begin(), next.begin() + 16);
    other.insert(other.end(), more.begin() + 2, more.end());
    const Reply shared = bench.run(second, other, reply_tokens);
    const Reply shared_fresh = fresh(other);
    const Reply again = bench.run(second, other, reply_tokens);
    // Back to a shorter prompt: what came after it must be gone.
    const Reply shorter = bench.run(first, prompt, reply_tokens);

    if (model.is_recurrent()) {
        report.skip("cached tokens", "a recurrent state cannot be cut at a position");
    } else {
        report.holds("a second turn encodes only what is new",
            turn.finish->cached_tokens == known,
            std::to_string(turn.finish->cached_tokens) + " of " + std::to_string(next.size()) + " cached");
        report.holds("a beginning that another session encoded is shared",
            shared.finish->cached_tokens >= 16 && shared.finish->cached_tokens < other.size(),
            std::to_string(shared.finish->cached_tokens) + " of " + std::to_string(other.size()) + " cached");
        report.holds("the same prompt again encodes one token", again.finish->cached_tokens == other.size() - 1);
    }
    double worst = 0.0;
    size_t differing = 0;
    for (const ReplyDifference & difference : {compare(turn, turn_fresh), compare(shared, shared_fresh), compare(again, shared_fresh), compare(shorter, start)}) {
        worst = std::max(worst, difference.logprob);
        differing += difference.other_tokens;
    }
    if (noise.exact()) {
        report.at_most("cached prompts: tokens that differ from an engine that never saw them", static_cast<double>(differing), 0.0);
        report.at_most("cached prompts: log-probabilities", worst, 1e-2);
    }
}

// Every token up to `last` has an influence, and none after it.
bool influence_ends_after(const Reply & reply, size_t last) {
    return std::all_of(reply.tokens.begin(), reply.tokens.end(), [&](const TokenEvent & token) { return token.influence.has_value() == (token.index <= last); }) &&
           reply.tokens.size() > last + 2;
}

void strength_changes_at_the_next_token(Report & report, const Subject & subject) {
    const Model & model = *subject.model;
    EngineOptions options;
    options.context_tokens = 64;
    options.sequences = 1;
    const std::vector<llama_token> prompt = prompt_of(model, 0, 8);
    const std::shared_ptr<const Spray> spray = spray_of(model.head(), 45, Site::pre_norm, true);
    constexpr uint32_t change_at = 3;
    const auto reply_with = [&](const std::function<void(Engine &, uint32_t)> & change) {
        EngineBench bench(subject.model, options);
        const uint32_t session = bench.engine.open_session();
        bench.engine.set_spray(session, spray);
        bench.replies.on_token([&](const TokenEvent & token) {
            if (token.index == change_at) {
                change(bench.engine, session);
            }
        });
        return bench.run(session, prompt, reply_tokens);
    };
    const Reply constant = reply_with([](Engine &, uint32_t) {});
    const Reply doubled = reply_with([](Engine & engine, uint32_t session) { engine.set_strength(session, 2.0F); });
    const Reply silenced = reply_with([](Engine & engine, uint32_t session) { engine.set_strength(session, 0.0F); });
    const Reply removed = reply_with([](Engine & engine, uint32_t session) { engine.set_spray(session, nullptr); });
    const auto ratio = [](const Reply & reply, size_t index) { return reply.tokens.at(index).influence ? static_cast<double>(reply.tokens.at(index).influence->ratio) : 0.0; };
    double before = 0.0;
    for (size_t i = 0; i <= change_at; ++i) {
        before = std::max(before, std::abs(ratio(doubled, i) / ratio(constant, i) - 1.0));
    }
    // The hidden state of the next token is the same in both replies, so the ratio doubles exactly.
    report.at_most("until the change, the same influence", before, 1e-4);
    report.at_most("strength changed in mid-reply acts at the next token", std::abs(ratio(doubled, change_at + 1) / ratio(constant, change_at + 1) - 2.0), 1e-4);
    report.holds("strength 0 in mid-reply: no influence from the next token on", constant.tokens[change_at + 1].influence && influence_ends_after(silenced, change_at));
    report.holds("spray removed in mid-reply: none from the next token on", influence_ends_after(removed, change_at));
}

// Beside the whole row of a run of its own, in double precision and sorted.
void top_logprobs_are_those_of_the_row(Report & report, const Subject & subject, const Noise & noise) {
    const Model & model = *subject.model;
    constexpr uint32_t wanted = 20;
    EngineOptions options;
    options.context_tokens = 64;
    options.sequences = 1;
    double worst = 0.0;
    size_t wrong = 0;
    size_t listed = 0;
    const std::vector<llama_token> prompt = prompt_of(model, 4, 8);
    const std::shared_ptr<const Spray> spray = spray_of(model.head(), 47, Site::pre_norm, true);
    for (const bool sprayed : {false, true}) {
        EngineBench bench(subject.model, options);
        const uint32_t session = bench.engine.open_session();
        bench.engine.set_spray(session, sprayed ? spray : nullptr);
        GenerateRequest request = bench.request(session, prompt, 4);
        request.top_logprobs = wanted;
        const Reply reply = bench.replies.wait(bench.engine.generate(std::move(request)));
        std::vector<llama_token> tokens(prompt);
        LogitShaper shaper(model.head());
        for (const TokenEvent & event : reply.tokens) {
            Probe probe(model);
            std::vector<ProbeToken> run;
            for (size_t i = 0; i < tokens.size(); ++i) {
                run.push_back({tokens[i], static_cast<llama_pos>(i), 0, i + 1 == tokens.size(), {sprayed ? spray->vector.data() : nullptr, spray->strength, spray->site}});
            }
            ProbeRow row = probe.decode(run).front();
            if (sprayed) {
                shaper.shape(row.logits, *spray, spray->strength, row.result);
            }
            const std::vector<double> logits(row.logits.begin(), row.logits.end());
            const double log_z = slow_log_sum_exp(logits);
            std::vector<double> sorted(logits);
            std::sort(sorted.rbegin(), sorted.rend());
            const size_t expected = std::min<size_t>(wanted, logits.size());
            wrong += event.top_logprobs.size() == expected ? 0 : 1;
            for (size_t i = 0; i < std::min(expected, event.top_logprobs.size()); ++i) {
                const TokenLogprob & candidate = event.top_logprobs[i];
                const auto logprob = static_cast<double>(candidate.logprob);
                worst = std::max({worst, std::abs(logprob - (logits[static_cast<size_t>(candidate.token)] - log_z)), std::abs(logprob - (sorted[i] - log_z))});
                wrong += candidate.token == event.token && candidate.logprob != event.logprob ? 1 : 0;
                ++listed;
            }
            tokens.push_back(event.token);
        }
        const Reply without = bench.run(session, prompt, 4);
        wrong += std::any_of(without.tokens.begin(), without.tokens.end(), [](const TokenEvent & event) { return !event.top_logprobs.empty(); }) ? 1 : 0;
    }
    report.at_least("top log-probabilities: tokens listed", static_cast<double>(listed), 4.0 * wanted);
    report.at_most("top log-probabilities: lists that are too short, or of no request", static_cast<double>(wrong), 0.0);
    report.at_most("top log-probabilities against the sorted row", worst, noise.exact() ? 1e-2 : std::max(1e-2, noise.largest_limit()));
}

void passes_run_between_replies(Report & report, const Subject & subject, const Noise & noise) {
    const Model & model = *subject.model;
    EngineOptions options;
    options.context_tokens = 160;
    options.sequences = 2;
    EngineBench bench(subject.model, options);
    const std::vector<llama_token> text = probe_tokens(model, 100);  // more than one slice
    const std::shared_ptr<const Spray> spray = spray_of(model.head(), 46, Site::pre_norm, true);
    const uint32_t session = bench.engine.open_session();
    const std::vector<llama_token> prompt = prompt_of(model, 2, 10);
    const Scores alone = score_tokens(bench.engine, text, 1, spray, 1.0F, nullptr);
    const Reply quiet = bench.run(session, prompt, 40);
    const uint64_t request = bench.engine.generate(bench.request(session, prompt, 40));
    const Scores beside = score_tokens(bench.engine, text, 1, spray, 1.0F, nullptr);
    const Reply disturbed = bench.replies.wait(request);
    double worst = alone.base.size() == text.size() - 1 && beside.base.size() == alone.base.size() ? 0.0 : INFINITY;
    for (size_t i = 0; i < std::min(alone.base.size(), beside.base.size()); ++i) {
        worst = std::max({worst, static_cast<double>(std::abs(alone.base[i] - beside.base[i])), static_cast<double>(std::abs(alone.sprayed[i] - beside.sprayed[i]))});
    }
    report.at_most("scores measured beside a reply equal those measured alone", worst, noise.exact() ? 1e-2 : std::max(1e-2, noise.largest_limit()));
    if (noise.exact()) {
        report.at_most("a reply beside a measurement is the same reply, tokens that differ", static_cast<double>(compare(quiet, disturbed).other_tokens), 0.0);
    }

    const InfluenceErrors errors = check_influence(bench.engine, std::vector<llama_token>(text.begin(), text.begin() + 40), spray, 1.0F);
    report.holds("check_influence looks at every token", errors.tokens == 40);
    report.at_least("check_influence: mean KL", errors.mean_kl, 1e-3);
}

}  // namespace

void check_engine(Report & report, const Subject & subject, const Noise & noise) {
    report.begin("engine");
    sessions_together_equal_each_alone(report, subject, noise);
    cached_prompts_give_the_same_reply(report, subject, noise);
    strength_changes_at_the_next_token(report, subject);
    top_logprobs_are_those_of_the_row(report, subject, noise);
    passes_run_between_replies(report, subject, noise);
}

}  // namespace graffiti::selftest
