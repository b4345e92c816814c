#include "replies.hpp"

#include "error.hpp"

#include <chrono>
#include <cmath>

namespace graffiti::selftest {

std::vector<llama_token> Reply::ids() const {
    std::vector<llama_token> result;
    for (const TokenEvent & token : tokens) {
        result.push_back(token.token);
    }
    return result;
}

EventSink Replies::sink() {
    return [this](std::vector<Event> && events) {
        for (Event & event : events) {
            if (listener_ && std::holds_alternative<TokenEvent>(event)) {
                listener_(std::get<TokenEvent>(event));
            }
            const std::lock_guard lock(mutex_);
            if (auto * token = std::get_if<TokenEvent>(&event)) {
                Reply & reply = replies_[token->request];
                reply.text += token->text;
                reply.tokens.push_back(std::move(*token));
            } else {
                auto & finish = std::get<FinishEvent>(event);
                Reply & reply = replies_[finish.request];
                reply.text += finish.text;
                ++reply.finishes;
                reply.finish = std::move(finish);
            }
        }
        changed_.notify_all();
    };
}

Reply Replies::wait(uint64_t request, double seconds) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return replies_[request].finish.has_value(); })) {
        throw Error("ERR_NATIVE", "A request got no answer within " + std::to_string(seconds) + " s");
    }
    return replies_[request];
}

void Replies::wait_for_tokens(uint64_t request, size_t count, double seconds) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return replies_[request].finish.has_value() || replies_[request].tokens.size() >= count; })) {
        throw Error("ERR_NATIVE", "A request gave no tokens within " + std::to_string(seconds) + " s");
    }
}

size_t Replies::count() const {
    const std::lock_guard lock(mutex_);
    size_t finished = 0;
    for (const auto & [request, reply] : replies_) {
        finished += reply.finish ? 1 : 0;
    }
    return finished;
}

GenerateRequest EngineBench::request(uint32_t session, std::vector<llama_token> prompt, uint32_t tokens) const {
    GenerateRequest request;
    request.session = session;
    request.prompt = std::move(prompt);
    request.max_tokens = tokens;
    request.sampling.temperature = 0.0F;
    // End tokens would make the length of a reply depend on the model.
    const Model & model = engine.model();
    for (llama_token token = 0; token < llama_vocab_n_tokens(model.vocabulary()); ++token) {
        if (model.is_end(token)) {
            request.sampling.logit_bias.emplace_back(token, -INFINITY);
        }
    }
    return request;
}

Reply EngineBench::run(uint32_t session, std::vector<llama_token> prompt, uint32_t tokens) {
    return replies.wait(engine.generate(request(session, std::move(prompt), tokens)));
}

std::string code_thrown_by(const std::function<void()> & call) {
    try {
        call();
    } catch (const Error & error) {
        return error.code();
    }
    return {};
}

}  // namespace graffiti::selftest
