// What the engine keeps of sessions, requests and sequences. Only engine*.cpp include this.
#pragma once

#include "engine.hpp"
#include "text_stream.hpp"

#include <atomic>
#include <chrono>

namespace graffiti {

struct Engine::Session {
    std::atomic<float> strength{1.0F};
    std::mutex mutex;  // guards spray, night and adapter
    std::shared_ptr<const Spray> spray;
    std::shared_ptr<const Night> night;
    std::shared_ptr<const Adapter> adapter;
    std::atomic<bool> busy{false};
    std::atomic<bool> closed{false};

    std::shared_ptr<const Spray> current_spray() {
        const std::lock_guard lock(mutex);
        return spray;
    }
    std::shared_ptr<const Night> current_night() {
        const std::lock_guard lock(mutex);
        return night;
    }
    std::shared_ptr<const Adapter> current_adapter() {
        const std::lock_guard lock(mutex);
        return adapter;
    }
};

struct Engine::Generation {
    Generation(uint64_t number, GenerateRequest && wanted, std::shared_ptr<Session> owner, Sampler && chain)
        : id(number), request(std::move(wanted)), session(std::move(owner)), sampler(std::move(chain)), text(request.stops), copies(request.copies) {}

    // Whether a special token is spelled out in the reply's text.
    bool shows(llama_token token) const { return request.sampling.tool_format && request.sampling.tool_format->shows(token); }

    uint64_t id;
    GenerateRequest request;
    std::shared_ptr<Session> session;
    Sampler sampler;
    TextStream text;
    CopyReader copies;
    std::shared_ptr<std::atomic<bool>> aborted = std::make_shared<std::atomic<bool>>(false);
    size_t cached = 0;  // prompt tokens found in the cache
    std::vector<llama_token> generated;
    std::shared_ptr<const Spray> spray;  // of the row in the batch, alive until it has been shaped
    float strength = 0.0F;
    std::shared_ptr<const Night> night;  // of the row in the batch
    std::optional<WordTrail> trail;      // of all tokens so far, once a night asked for it
    NightReading reading;
    std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point first_token = started;
};

// A sequence of the context and what its cache holds.
struct Engine::Slot {
    llama_seq_id sequence = 0;
    uint32_t session = 0;                    // whose conversation is cached; 0 = nobody's
    std::vector<llama_token> cached;         // tokens whose K and V are in the cache
    std::shared_ptr<const Adapter> adapter;  // under which they were made
    std::unique_ptr<Generation> generation;
    uint64_t used = 0;

    // Tokens of the running request that are not in the cache yet.
    size_t waiting() const { return generation ? generation->request.prompt.size() + generation->generated.size() - cached.size() : 0; }
    llama_token token_at(size_t position) const {
        const auto & prompt = generation->request.prompt;
        return position < prompt.size() ? prompt[position] : generation->generated[position - prompt.size()];
    }
};

}  // namespace graffiti
