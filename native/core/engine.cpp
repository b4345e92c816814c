#include "engine.hpp"

#include "backend.hpp"
#include "engine_state.hpp"
#include "error.hpp"

#include <ggml-cpu.h>

#include <algorithm>
#include <future>

namespace graffiti {

namespace {

void check_tokens(const Model & model, const std::string & owner, const std::vector<llama_token> & tokens) {
    const int32_t vocabulary = llama_vocab_n_tokens(model.vocabulary());
    for (const llama_token token : tokens) {
        if (token < 0 || token >= vocabulary) {
            throw Error("ERR_NATIVE", owner + " holds token " + std::to_string(token) + ", which is not in the model's vocabulary of " + std::to_string(vocabulary));
        }
    }
}

}  // namespace

void Engine::FreeThreadpool::operator()(ggml_threadpool * pool) const {
    ggml_threadpool_free(pool);
}

Engine::Engine(std::shared_ptr<const Model> model, const EngineOptions & options, EventSink sink)
    : model_(std::move(model)), options_(options), sink_(std::move(sink)), governor_(options.threads, model_->device() == "CPU" ? 1 : options.threads), shaper_(model_->head()) {
    callback_.set_head(model_->head());
    create_context();
    slots_.resize(options_.sequences);
    for (size_t i = 0; i < slots_.size(); ++i) {
        slots_[i].sequence = static_cast<llama_seq_id>(i);
    }
    pass_sequence_ = static_cast<llama_seq_id>(options_.sequences);
    thread_ = std::thread([this] { loop(); });
}

Engine::~Engine() {
    stop();
}

void Engine::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    std::call_once(joined_, [this] { thread_.join(); });
}

void Engine::create_context() {
    batch_tokens_ = std::min<uint32_t>(512, options_.context_tokens);
    llama_context_params parameters = llama_context_default_params();
    if (options_.context_tokens > model_->most_positions()) {
        throw Error("ERR_NATIVE",
            "The model knows " + std::to_string(model_->most_positions()) + " positions and contextSize is " + std::to_string(options_.context_tokens) +
                ". Load it with a contextSize of at most " + std::to_string(model_->most_positions()));
    }
    // Checked here, because memory the machine does not have is handed out and only its use ends the process.
    const uint64_t cells = static_cast<uint64_t>(options_.context_tokens) * (options_.sequences + 1);
    const uint64_t needed = model_->least_context_bytes(cells);
    const uint64_t present = main_memory();
    if (cells > INT32_MAX || (present > 0 && needed > present)) {
        throw Error("ERR_NATIVE",
            "A context of " + std::to_string(options_.context_tokens) + " tokens for " + std::to_string(options_.sequences) + " sessions needs at least " +
                std::to_string(needed >> 20U) + " MiB and the machine has " + std::to_string(present >> 20U) + " MiB. Load the model with a smaller contextSize or fewer sessions");
    }
    parameters.n_ctx = static_cast<uint32_t>(cells);
    parameters.n_seq_max = options_.sequences + 1;  // one more for passes
    parameters.n_batch = std::max<uint32_t>(batch_tokens_, options_.sequences);
    parameters.n_ubatch = parameters.n_batch;  // one graph a batch: rows come in batch order
    parameters.n_threads = options_.threads;
    parameters.n_threads_batch = options_.threads;
    parameters.kv_unified = true;
    parameters.no_perf = true;
    parameters.cb_eval = GraphCallback::evaluate;
    parameters.cb_eval_user_data = &callback_;
    // Only for stopping: an abort of one request must not end the others in the batch.
    parameters.abort_callback = [](void * engine) { return static_cast<Engine *>(engine)->stopping_.load(std::memory_order_relaxed); };
    parameters.abort_callback_data = this;
    take_backend_errors();
    context_.reset(llama_init_from_model(model_->handle(), parameters));
    if (!context_) {
        throw Error("ERR_NATIVE", "llama.cpp could not create a context of " + std::to_string(parameters.n_ctx) + " tokens: " + take_backend_errors());
    }
    batch_ = std::make_unique<Batch>(parameters.n_batch);
    use_threads(options_.threads);
}

// llama.cpp pauses the threads of a pool when another takes over.
void Engine::use_threads(int threads) {
    if (threads == threads_) {
        return;
    }
    auto & pool = threadpools_[threads];
    if (!pool) {
        ggml_threadpool_params parameters = ggml_threadpool_params_default(threads);
        pool.reset(ggml_threadpool_new(&parameters));
    }
    llama_attach_threadpool(context_.get(), pool.get(), pool.get());
    llama_set_n_threads(context_.get(), threads, threads);
    threads_ = threads;
}

uint32_t Engine::open_session() {
    const std::lock_guard lock(mutex_);
    const uint32_t id = next_session_++;
    sessions_.emplace(id, std::make_shared<Session>());
    return id;
}

void Engine::close_session(uint32_t session) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(session);
    if (found != sessions_.end()) {
        found->second->closed = true;
        sessions_.erase(found);
    }
    wake_.notify_all();
}

void Engine::set_spray(uint32_t session, std::shared_ptr<const Spray> spray) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(session);
    if (found != sessions_.end()) {
        const std::lock_guard session_lock(found->second->mutex);
        found->second->spray = std::move(spray);
    }
}

void Engine::set_night(uint32_t session, std::shared_ptr<const Night> night) {
    if (night) {
        const std::vector<llama_token> & words = night->words();
        const bool known = std::all_of(words.begin(), words.end(), [this](llama_token token) { return token >= 0 && token < model_->head().vocabulary(); });
        if (!known || night->width() != 2 * static_cast<size_t>(model_->head().width())) {
            throw Error("ERR_NATIVE", "The night was learned with another model");
        }
    }
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(session);
    if (found != sessions_.end()) {
        const std::lock_guard session_lock(found->second->mutex);
        found->second->night = std::move(night);
    }
}

void Engine::set_adapter(uint32_t session, std::shared_ptr<const Adapter> adapter) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(session);
    if (found != sessions_.end()) {
        const std::lock_guard session_lock(found->second->mutex);
        found->second->adapter = std::move(adapter);
    }
}

std::shared_ptr<const Adapter> Engine::load_adapter(std::vector<uint8_t> file) {
    std::promise<std::shared_ptr<const Adapter>> promise;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            throw Error("ERR_DISPOSED", "The model is closed");
        }
        tasks_.emplace_back([&](bool stopped) {
            try {
                if (stopped) {
                    throw Error("ERR_DISPOSED", "The model was closed");
                }
                promise.set_value(Adapter::load(*model_, retired_, file));
            } catch (...) {
                promise.set_exception(std::current_exception());
            }
        });
        wake_.notify_all();
    }
    return promise.get_future().get();
}

void Engine::set_strength(uint32_t session, float strength) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(session);
    if (found != sessions_.end()) {
        found->second->strength = strength;
    }
}

uint64_t Engine::generate(GenerateRequest request) {
    if (request.prompt.empty()) {
        throw Error("ERR_NATIVE", "The prompt holds no token");
    }
    if (request.prompt.size() >= options_.context_tokens) {
        throw Error("ERR_CONTEXT_OVERFLOW",
            "The prompt has " + std::to_string(request.prompt.size()) + " tokens and the context holds " + std::to_string(options_.context_tokens) +
                ". Shorten it or load the model with a larger contextSize");
    }
    // llama.cpp would refuse the whole batch, and with it every reply that shares it.
    check_tokens(*model_, "The prompt", request.prompt);
    for (const CopyPath & path : request.copies) {
        check_tokens(*model_, "A copy path", path.tokens);
    }
    // Built before the lock; one with a grammar takes longer than a caller should wait, and comes with the request.
    Sampler sampler = request.sampler ? std::move(*request.sampler) : Sampler(*model_, request.sampling);
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(request.session);
    if (found == sessions_.end() || stopping_) {
        throw Error("ERR_DISPOSED", "The session is closed");
    }
    if (queue_.size() >= options_.queue_limit) {
        throw Error("ERR_BUSY", "The model already has " + std::to_string(queue_.size()) + " requests waiting. Try again later, or load it with more sessions");
    }
    if (found->second->busy.exchange(true)) {
        throw Error("ERR_BUSY", "The session is still answering. Wait for its reply or abort it first");
    }
    const uint64_t id = next_request_++;
    queue_.push_back(std::make_unique<Generation>(id, std::move(request), found->second, std::move(sampler)));
    wake_.notify_all();
    return id;
}

void Engine::abort(uint64_t request) {
    const std::lock_guard lock(mutex_);
    for (const auto & generation : queue_) {
        if (generation->id == request) {
            *generation->aborted = true;
        }
    }
    aborting_.push_back(request);
    wake_.notify_all();
}

void Engine::run_pass(RowPass pass, std::function<void(std::exception_ptr)> done) {
    {
        const std::lock_guard lock(mutex_);
        if (!stopping_) {
            passes_.push_back({std::move(pass), std::move(done)});
            wake_.notify_all();
            return;
        }
    }
    done(std::make_exception_ptr(Error("ERR_DISPOSED", "The model is closed")));
}

}  // namespace graffiti
