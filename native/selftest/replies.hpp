// What an engine said, collected for the checks: replies by request, waited for with a deadline.
#pragma once

#include "engine.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace graffiti::selftest {

struct Reply {
    std::vector<TokenEvent> tokens;
    std::string text;
    std::optional<FinishEvent> finish;
    size_t finishes = 0;  // must be one

    std::vector<llama_token> ids() const;
};

class Replies {
  public:
    EventSink sink();
    // Called on the engine thread for every token, before it can be waited for.
    void on_token(std::function<void(const TokenEvent &)> listener) { listener_ = std::move(listener); }

    // Waits until the request has finished, or throws after `seconds`.
    Reply wait(uint64_t request, double seconds = 120.0);
    void wait_for_tokens(uint64_t request, size_t count, double seconds = 120.0);
    size_t count() const;  // requests that finished

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<uint64_t, Reply> replies_;
    std::function<void(const TokenEvent &)> listener_;
};

// An engine with its collector; greedy requests of a few tokens.
class EngineBench {
  public:
    EngineBench(std::shared_ptr<const Model> model, const EngineOptions & options) : engine(std::move(model), options, replies.sink()) {}

    GenerateRequest request(uint32_t session, std::vector<llama_token> prompt, uint32_t tokens) const;
    Reply run(uint32_t session, std::vector<llama_token> prompt, uint32_t tokens);

    Replies replies;
    Engine engine;
};

// The code of the error a call throws; "" when it throws none.
std::string code_thrown_by(const std::function<void()> & call);

}  // namespace graffiti::selftest
