// One decode thread per loaded model. Sessions are sequences of one context and are batched
// continuously: every turn of the loop decodes one batch with the next token of each replying session
// and as much prompt of the others as fits. Sampling, spray and influence run here; what happened
// leaves as events.
#pragma once

#include "adapter.hpp"
#include "batch.hpp"
#include "copy_path.hpp"
#include "influence.hpp"
#include "model.hpp"
#include "night.hpp"
#include "row_pass.hpp"
#include "sampler.hpp"
#include "thread_governor.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

namespace graffiti {

struct EngineOptions {
    uint32_t context_tokens = 2048;  // of one session
    uint32_t sequences = 4;          // sessions that can reply at the same time
    int threads = 1;
    size_t queue_limit = 256;  // requests waiting for a sequence
};

struct GenerateRequest {
    uint32_t session = 0;
    std::vector<llama_token> prompt;  // the whole conversation; what the cache already holds is not encoded again
    uint32_t max_tokens = 256;
    SamplingOptions sampling;
    std::shared_ptr<Sampler> sampler;  // built from `sampling` beforehand, for this request alone; null: it is built here
    std::vector<std::string> stops;
    std::vector<CopyPath> copies;  // what the reply may take over word for word
    bool influence = true;         // compute TokenInfluence for sprayed tokens
    uint32_t movers = 3;
    uint32_t sources = 4;
    uint32_t top_logprobs = 0;  // most probable tokens listed with each token
};

// What the night's memory had to say about a token.
struct ConsolidatedVoice {
    float share;   // λ: how much of the prediction was the memory's
    float weight;  // of it, what it gave to this token
    std::vector<ConsolidatedShare> sources;
};

struct TokenLogprob {
    llama_token token;
    float logprob;
};

struct TokenEvent {
    uint64_t request;
    uint32_t index;
    llama_token token;
    std::string text;  // may be empty (half a character) or belong to earlier tokens too
    float logprob;     // natural log, sprayed and with the night's memory, before copy paths and sampling options
    std::optional<TokenInfluence> influence;
    int32_t copied = -1;                              // number of the copy path it follows
    std::optional<ConsolidatedVoice> consolidated{};  // where the night's memory spoke
    std::vector<TokenLogprob> top_logprobs{};         // as `logprob`, most probable first
};

enum class FinishReason : uint8_t { end, stop, length, context, abort, error };

struct FinishEvent {
    uint64_t request;
    FinishReason reason;
    std::string text;     // text that was held back
    std::string code;     // of the error
    std::string message;  // of the error
    uint32_t prompt_tokens;
    uint32_t cached_tokens;  // of the prompt, not encoded again
    double prompt_seconds;
    double reply_seconds;
};

using Event = std::variant<TokenEvent, FinishEvent>;
using EventSink = std::function<void(std::vector<Event> &&)>;  // called on the engine thread

class Engine {
  public:
    Engine(std::shared_ptr<const Model> model, const EngineOptions & options, EventSink sink);
    ~Engine();
    Engine(const Engine &) = delete;
    Engine & operator=(const Engine &) = delete;

    // Ends requests in flight with ERR_DISPOSED and joins the thread. Any number of times, from any thread
    // but the engine's own; afterwards every call answers ERR_DISPOSED or does nothing.
    void stop();

    uint32_t open_session();
    void close_session(uint32_t session);

    // Take effect at the next token, also in the middle of a reply.
    void set_spray(uint32_t session, std::shared_ptr<const Spray> spray);
    void set_strength(uint32_t session, float strength);
    void set_night(uint32_t session, std::shared_ptr<const Night> night);

    // The adapter of a session; acts from its next token on. K and V made under another are encoded again.
    void set_adapter(uint32_t session, std::shared_ptr<const Adapter> adapter);
    // Loads one from the bytes of its file and waits for it. Not for the engine's own thread. Throws
    // ERR_ENGRAM_MODEL_MISMATCH, ERR_DISPOSED.
    std::shared_ptr<const Adapter> load_adapter(std::vector<uint8_t> file);

    // Queues a reply and returns its request number. Throws ERR_BUSY when the queue is full or the
    // session already has a request, ERR_CONTEXT_OVERFLOW when the prompt leaves no room for a token.
    uint64_t generate(GenerateRequest request);
    // Ends a request after the token being computed; unknown numbers are ignored.
    void abort(uint64_t request);

    // Runs a pass on a sequence of its own, interleaved with replies. `done` gets the failure or null,
    // on the engine thread.
    void run_pass(RowPass pass, std::function<void(std::exception_ptr)> done);

    const EngineOptions & options() const { return options_; }
    const Model & model() const { return *model_; }

  private:
    struct Session;
    struct Generation;
    struct Slot;
    struct PendingPass {
        RowPass pass;
        std::function<void(std::exception_ptr)> done;
    };

    void create_context();
    void loop();
    void run_tasks();
    void use_threads(int threads);
    void use_adapter(const std::shared_ptr<const Adapter> & adapter);
    void refresh_adapters();
    std::shared_ptr<const Adapter> choose_adapter();
    void admit(std::vector<Event> & events);
    Slot * choose_slot(const Generation & generation);
    void start(Slot & slot, std::unique_ptr<Generation> generation);
    void step_pass();
    void step_batch(std::vector<Event> & events);
    void take_row(Slot & slot, int32_t batch_index, const RowResult & row, std::vector<Event> & events);
    void read_night(Generation & generation, const RowResult & row);
    void finish(Slot & slot, FinishReason reason, std::vector<Event> & events, const std::string & code = {}, const std::string & message = {});
    void fail_everything();

    std::shared_ptr<const Model> model_;
    EngineOptions options_;
    EventSink sink_;
    GraphCallback callback_;
    struct FreeThreadpool {
        void operator()(ggml_threadpool * pool) const;
    };
    ThreadGovernor governor_;
    int threads_ = 0;  // that the context runs with
    std::map<int, std::unique_ptr<ggml_threadpool, FreeThreadpool>> threadpools_;
    ContextPointer context_;
    LogitShaper shaper_;
    std::vector<float> features_;  // of the row at hand
    uint32_t batch_tokens_ = 0;
    std::unique_ptr<Batch> batch_;  // for every step: making one costs an allocation a token
    llama_seq_id pass_sequence_ = 0;

    std::mutex mutex_;  // guards everything below that other threads touch
    std::condition_variable wake_;
    std::atomic<bool> stopping_{false};
    uint32_t next_session_ = 1;
    uint64_t next_request_ = 1;
    std::unordered_map<uint32_t, std::shared_ptr<Session>> sessions_;
    std::deque<std::unique_ptr<Generation>> queue_;
    std::deque<PendingPass> passes_;
    std::deque<std::function<void(bool stopped)>> tasks_;  // for the engine's thread, which reads the adapters
    std::vector<uint64_t> aborting_;                       // requests to end

    std::vector<Slot> slots_;  // engine thread only
    size_t turn_ = 0;          // where the next batch begins, so that prompts share it fairly
    uint64_t clock_ = 0;
    std::shared_ptr<RetiredAdapters> retired_ = std::make_shared<RetiredAdapters>();
    std::shared_ptr<const Adapter> adapter_;  // that the context runs under
    size_t adapter_turns_ = 0;                // batches run under it while others waited
    std::thread thread_;
    std::once_flag joined_;
};

}  // namespace graffiti
