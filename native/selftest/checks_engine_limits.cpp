// What the engine does when it is asked too much, interrupted or closed: one answer to every request.

#include "checks.hpp"
#include "probe.hpp"
#include "replies.hpp"

#include "error.hpp"
#include "measurements.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>

namespace graffiti::selftest {

namespace {

EngineOptions small_engine(uint32_t sequences) {
    EngineOptions options;
    options.context_tokens = 256;
    options.sequences = sequences;
    return options;
}

// Slows the engine down, so that a reply is surely still running when the next call is made.
void slow_down(Replies & replies) {
    replies.on_token([](const TokenEvent &) { std::this_thread::sleep_for(std::chrono::milliseconds(2)); });
}

void a_full_queue_is_refused(Report & report, const Subject & subject) {
    EngineOptions options = small_engine(1);
    options.queue_limit = 2;
    EngineBench bench(subject.model, options);
    slow_down(bench.replies);
    const std::vector<llama_token> prompt = probe_tokens(*subject.model, 6);
    std::vector<uint32_t> sessions;
    for (int i = 0; i < 4; ++i) {
        sessions.push_back(bench.engine.open_session());
    }
    const uint64_t running = bench.engine.generate(bench.request(sessions[0], prompt, 60));
    bench.replies.wait_for_tokens(running, 1);
    report.holds("a session that is answering: ERR_BUSY", code_thrown_by([&] { bench.engine.generate(bench.request(sessions[0], prompt, 4)); }) == "ERR_BUSY");
    std::vector<uint64_t> waiting = {bench.engine.generate(bench.request(sessions[1], prompt, 4)), bench.engine.generate(bench.request(sessions[2], prompt, 4))};
    report.holds("a full queue: ERR_BUSY", code_thrown_by([&] { bench.engine.generate(bench.request(sessions[3], prompt, 4)); }) == "ERR_BUSY");
    bool answered = bench.replies.wait(running).finish->reason == FinishReason::length;
    for (const uint64_t request : waiting) {
        answered = answered && bench.replies.wait(request).tokens.size() == 4;
    }
    report.holds("those that were waiting are answered", answered);
    report.holds("a session refused for a full queue can ask again", bench.run(sessions[3], prompt, 2).tokens.size() == 2);
}

void context_ends_are_told(Report & report, const Subject & subject) {
    EngineOptions options = small_engine(1);
    options.context_tokens = 24;
    EngineBench bench(subject.model, options);
    const uint32_t session = bench.engine.open_session();
    const auto overflow = [&](size_t count) { return code_thrown_by([&] { bench.run(session, probe_tokens(*subject.model, count), 4); }); };
    report.holds("a prompt as long as the context: ERR_CONTEXT_OVERFLOW", overflow(24) == "ERR_CONTEXT_OVERFLOW" && overflow(200) == "ERR_CONTEXT_OVERFLOW");
    const Reply one = bench.run(session, probe_tokens(*subject.model, 23), 100);
    const Reply five = bench.run(session, probe_tokens(*subject.model, 19), 100);
    report.holds("a reply that reaches the end of the context finishes with reason context",
        one.tokens.size() == 1 && one.finish->reason == FinishReason::context && five.tokens.size() == 5 && five.finish->reason == FinishReason::context,
        std::to_string(one.tokens.size()) + " and " + std::to_string(five.tokens.size()) + " tokens");
    // Every sequence full at once: there is room for all.
    options.sequences = 3;
    EngineBench full(subject.model, options);
    std::vector<uint64_t> requests;
    for (int i = 0; i < 3; ++i) {
        std::vector<llama_token> prompt = probe_tokens(*subject.model, 20);
        prompt[1] = prompt[1] + i;  // no beginning to share
        requests.push_back(full.engine.generate(full.request(full.engine.open_session(), prompt, 100)));
    }
    bool all = true;
    for (const uint64_t request : requests) {
        const Reply reply = full.replies.wait(request);
        all = all && reply.tokens.size() == 4 && reply.finish->reason == FinishReason::context;
    }
    report.holds("all sequences full to the end", all);
}

void prompts_that_are_no_prompts_are_refused(Report & report, const Subject & subject) {
    EngineBench bench(subject.model, small_engine(2));
    slow_down(bench.replies);
    const std::vector<llama_token> prompt = probe_tokens(*subject.model, 6);
    const uint32_t good = bench.engine.open_session();
    const uint32_t bad = bench.engine.open_session();
    const uint64_t running = bench.engine.generate(bench.request(good, prompt, 40));
    for (const llama_token token : {llama_vocab_n_tokens(subject.model->vocabulary()), -1, 1 << 30}) {
        std::string code = code_thrown_by([&] { bench.engine.generate(bench.request(bad, {prompt[0], token}, 4)); });
        report.holds("token " + std::to_string(token) + " outside the vocabulary: ERR_NATIVE", code == "ERR_NATIVE");
    }
    report.holds("an empty prompt: ERR_NATIVE", code_thrown_by([&] { bench.engine.generate(bench.request(bad, {}, 4)); }) == "ERR_NATIVE");
    GenerateRequest grammar = bench.request(bad, prompt, 20);
    grammar.sampling.grammar = "root ::= (";
    report.holds("a grammar that does not parse: ERR_NATIVE", code_thrown_by([&] { bench.engine.generate(grammar); }) == "ERR_NATIVE");
    report.holds("a session nobody opened: ERR_DISPOSED", code_thrown_by([&] { bench.engine.generate(bench.request(12345, prompt, 4)); }) == "ERR_DISPOSED");
    GenerateRequest held = bench.request(bad, prompt, 20);
    held.sampling.logit_bias.clear();  // the grammar ends with an end token
    held.sampling.grammar = "root ::= \"a\" \"b\"";
    const Reply reply = bench.replies.wait(bench.engine.generate(held));
    report.holds("a grammar holds the reply", reply.text == "ab" && reply.finish->reason == FinishReason::end, "\"" + reply.text + "\"");
    const Reply undisturbed = bench.replies.wait(running);
    report.holds("the reply beside all this is not disturbed", undisturbed.tokens.size() == 40 && undisturbed.finish->reason == FinishReason::length);
}

void stop_strings_end_a_reply(Report & report, const Subject & subject) {
    EngineBench bench(subject.model, small_engine(1));
    const uint32_t session = bench.engine.open_session();
    const std::vector<llama_token> prompt = probe_tokens(*subject.model, 12);
    const Reply whole = bench.run(session, prompt, 24);
    const size_t middle = whole.text.size() / 2;
    GenerateRequest request = bench.request(session, prompt, 24);
    request.stops = {whole.text.substr(middle, 6), ""};
    const size_t first = whole.text.find(request.stops[0]);
    const Reply stopped = bench.replies.wait(bench.engine.generate(request));
    report.holds("a stop string ends the reply and is not shown", stopped.finish->reason == FinishReason::stop && stopped.text == whole.text.substr(0, first));
}

void aborts_end_one_request(Report & report, const Subject & subject) {
    EngineBench bench(subject.model, small_engine(1));
    slow_down(bench.replies);
    const std::vector<llama_token> prompt = probe_tokens(*subject.model, 6);
    std::vector<uint32_t> sessions;
    for (int i = 0; i < 3; ++i) {
        sessions.push_back(bench.engine.open_session());
    }
    const uint64_t running = bench.engine.generate(bench.request(sessions[0], prompt, 200));
    bench.replies.wait_for_tokens(running, 2);
    const uint64_t next = bench.engine.generate(bench.request(sessions[1], prompt, 3));
    const uint64_t last = bench.engine.generate(bench.request(sessions[2], prompt, 3));
    bench.engine.abort(last);  // waits behind another that is not aborted
    const Reply aborted = bench.replies.wait(last);
    report.holds("abort while waiting: answered at once, with no token", aborted.finish->reason == FinishReason::abort && aborted.tokens.empty() && bench.replies.count() == 1);
    report.holds(
        "abort while waiting: the session is free again", code_thrown_by([&] { bench.engine.abort(bench.engine.generate(bench.request(sessions[2], prompt, 3))); }).empty());
    bench.engine.abort(running);
    const Reply during = bench.replies.wait(running);
    report.holds("abort in mid-reply: the reply ends there",
        during.finish->reason == FinishReason::abort && during.tokens.size() >= 2 && during.tokens.size() < 200,
        std::to_string(during.tokens.size()) + " tokens");
    report.holds("the next in the queue is answered", bench.replies.wait(next).tokens.size() == 3);
    bench.engine.abort(running);
    bench.engine.abort(next);
    bench.engine.abort(987654);
    const Reply after = bench.run(sessions[0], prompt, 4);
    report.holds(
        "abort afterwards and of unknown requests does nothing", bench.replies.wait(running).finishes == 1 && bench.replies.wait(next).finishes == 1 && after.tokens.size() == 4);
    report.holds("after an abort the session replies as if it had not been", after.tokens[0].token == during.tokens[0].token && after.tokens[1].token == during.tokens[1].token);

    const uint64_t closing = bench.engine.generate(bench.request(sessions[1], prompt, 200));
    bench.replies.wait_for_tokens(closing, 1);
    bench.engine.close_session(sessions[1]);
    report.holds("closing a session ends its reply", bench.replies.wait(closing).finish->reason == FinishReason::abort);
    report.holds("a closed session: ERR_DISPOSED", code_thrown_by([&] { bench.engine.generate(bench.request(sessions[1], prompt, 3)); }) == "ERR_DISPOSED");
}

void stop_answers_everything(Report & report, const Subject & subject) {
    EngineBench bench(subject.model, small_engine(2));
    slow_down(bench.replies);
    const std::vector<llama_token> prompt = probe_tokens(*subject.model, 6);
    std::vector<uint64_t> requests;
    for (int i = 0; i < 5; ++i) {
        requests.push_back(bench.engine.generate(bench.request(bench.engine.open_session(), prompt, 200)));
    }
    bench.replies.wait_for_tokens(requests[0], 1);
    const std::vector<llama_token> text = probe_tokens(*subject.model, 200);
    std::atomic<int> passes_disposed{0};
    std::vector<std::thread> measuring;
    for (int i = 0; i < 2; ++i) {
        measuring.emplace_back([&] {
            // Runs until the engine closes under it.
            passes_disposed += code_thrown_by([&] {
                while (true) {
                    score_tokens(bench.engine, text, 1, nullptr, 0.0F, nullptr);
                }
            }) == "ERR_DISPOSED";
        });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::thread other([&] { bench.engine.stop(); });
    bench.engine.stop();
    other.join();
    for (std::thread & thread : measuring) {
        thread.join();
    }
    bool all = true;
    for (const uint64_t request : requests) {
        const Reply reply = bench.replies.wait(request, 5.0);
        all = all && reply.finishes == 1 && reply.finish->reason == FinishReason::error && reply.finish->code == "ERR_DISPOSED";
    }
    report.holds("stop with work in flight answers every request once", all);
    report.holds("stop ends measurements with ERR_DISPOSED", passes_disposed == 2);
    report.holds("after stop everything answers ERR_DISPOSED or does nothing",
        code_thrown_by([&] { bench.engine.generate(bench.request(1, prompt, 3)); }) == "ERR_DISPOSED" &&
            code_thrown_by([&] { score_tokens(bench.engine, text, 1, nullptr, 0.0F, nullptr); }) == "ERR_DISPOSED" && code_thrown_by([&] {
                bench.engine.abort(requests[0]);
                bench.engine.set_strength(1, 1.0F);
                bench.engine.set_spray(1, nullptr);
                bench.engine.close_session(1);
                bench.engine.stop();
            }).empty());
}

}  // namespace

void check_engine_limits(Report & report, const Subject & subject) {
    report.begin("limits");
    a_full_queue_is_refused(report, subject);
    context_ends_are_told(report, subject);
    prompts_that_are_no_prompts_are_refused(report, subject);
    stop_strings_end_a_reply(report, subject);
    aborts_end_one_request(report, subject);
    stop_answers_everything(report, subject);
}

}  // namespace graffiti::selftest
