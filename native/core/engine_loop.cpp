// The engine's thread: admits requests, fills batches, decodes, and turns rows into tokens.
#include "backend.hpp"
#include "batch.hpp"
#include "engine_state.hpp"
#include "error.hpp"
#include "row_kernels.hpp"

#include <algorithm>
#include <chrono>

namespace graffiti {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

size_t common_prefix(const std::vector<llama_token> & a, const std::vector<llama_token> & b) {
    const auto [first, second] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return static_cast<size_t>(first - a.begin());
}

}  // namespace

void Engine::loop() {
    std::vector<Event> events;
    while (true) {
        {
            std::unique_lock lock(mutex_);
            const auto active = [this] { return std::any_of(slots_.begin(), slots_.end(), [](const Slot & slot) { return slot.generation != nullptr; }); };
            wake_.wait(lock, [&] { return stopping_ || !tasks_.empty() || !queue_.empty() || !passes_.empty() || active() || !aborting_.empty(); });
            if (stopping_) {
                break;
            }
            for (const uint64_t id : aborting_) {
                for (Slot & slot : slots_) {
                    if (slot.generation && slot.generation->id == id) {
                        *slot.generation->aborted = true;
                    }
                }
            }
            aborting_.clear();
            admit(events);
        }
        run_tasks();
        step_pass();
        step_batch(events);
        if (!events.empty()) {
            sink_(std::move(events));
            events = {};
        }
    }
    fail_everything();
}

void Engine::run_tasks() {
    std::deque<std::function<void(bool)>> tasks;
    {
        const std::lock_guard lock(mutex_);
        std::swap(tasks, tasks_);
    }
    for (const auto & task : tasks) {
        task(false);
    }
    for (llama_adapter_lora * adapter : retired_->take()) {
        const std::lock_guard lock(model_->adapter_mutex());
        llama_adapter_lora_free(adapter);  // nobody's: the context holds on to the one it runs under
    }
}

// The weights that the next decode runs under. A change makes llama.cpp reserve its graph again.
void Engine::use_adapter(const std::shared_ptr<const Adapter> & adapter) {
    if (adapter != adapter_) {
        llama_adapter_lora * handle = adapter ? adapter->handle() : nullptr;
        float scale = 1.0F;
        const std::lock_guard lock(model_->adapter_mutex());
        llama_set_adapters_lora(context_.get(), adapter ? &handle : nullptr, adapter ? 1 : 0, adapter ? &scale : nullptr);
        adapter_ = adapter;
    }
}

// Sequences whose session has another adapter now are encoded again from the first token.
void Engine::refresh_adapters() {
    for (Slot & slot : slots_) {
        if (slot.generation && slot.adapter != slot.generation->session->current_adapter()) {
            llama_memory_seq_rm(llama_get_memory(context_.get()), slot.sequence, -1, -1);
            slot.cached.clear();
            slot.adapter = slot.generation->session->current_adapter();
        }
    }
}

// One batch runs under one adapter: sessions that share it go together, and those with another get their turn after
// some batches, because every change costs.
std::shared_ptr<const Adapter> Engine::choose_adapter() {
    constexpr size_t most_turns = 8;
    bool wanted = false;
    const Slot * other = nullptr;
    for (size_t i = 0; i < slots_.size(); ++i) {
        const Slot & slot = slots_[(turn_ + i) % slots_.size()];
        if (slot.generation) {
            wanted = wanted || slot.adapter == adapter_;
            other = other == nullptr && slot.adapter != adapter_ ? &slot : other;
        }
    }
    if (other == nullptr || (wanted && ++adapter_turns_ < most_turns)) {
        return adapter_;
    }
    adapter_turns_ = 0;
    return other->adapter;
}

// Gives waiting requests a free sequence, first come first served.
void Engine::admit(std::vector<Event> & events) {
    for (Slot & slot : slots_) {
        if (!slot.generation && slot.session != 0 && !sessions_.contains(slot.session)) {
            llama_memory_seq_rm(llama_get_memory(context_.get()), slot.sequence, -1, -1);  // its session was closed
            slot.cached.clear();
            slot.adapter.reset();
            slot.session = 0;
        }
    }
    // Waiting requests that nobody wants any more end now, not when their turn comes.
    for (auto waiting = queue_.begin(); waiting != queue_.end();) {
        if (*(*waiting)->aborted || (*waiting)->session->closed) {
            Slot ended;
            ended.generation = std::move(*waiting);
            waiting = queue_.erase(waiting);
            finish(ended, FinishReason::abort, events);
        } else {
            ++waiting;
        }
    }
    while (!queue_.empty()) {
        Slot * slot = choose_slot(*queue_.front());
        if (slot == nullptr) {
            break;
        }
        std::unique_ptr<Generation> generation = std::move(queue_.front());
        queue_.pop_front();
        start(*slot, std::move(generation));
    }
}

// The session's own sequence if it still has one, else an empty one, else the one unused for longest.
Engine::Slot * Engine::choose_slot(const Generation & generation) {
    Slot * best = nullptr;
    for (Slot & slot : slots_) {
        if (slot.generation) {
            continue;
        }
        if (slot.session == generation.request.session) {
            return &slot;
        }
        if (best == nullptr || (slot.session == 0 && best->session != 0) || ((slot.session == 0) == (best->session == 0) && slot.used < best->used)) {
            best = &slot;
        }
    }
    return best;
}

void Engine::start(Slot & slot, std::unique_ptr<Generation> generation) {
    llama_memory_t memory = llama_get_memory(context_.get());
    const std::vector<llama_token> & prompt = generation->request.prompt;
    const std::shared_ptr<const Adapter> adapter = generation->session->current_adapter();
    if (slot.adapter != adapter) {  // K and V depend on the weights
        llama_memory_seq_rm(memory, slot.sequence, -1, -1);
        slot.cached.clear();
        slot.adapter = adapter;
    }
    // Another conversation may have encoded the same beginning (a system prompt): K and V are shared.
    const Slot * longest = &slot;
    for (const Slot & other : slots_) {
        if (other.adapter == adapter && common_prefix(other.cached, prompt) > common_prefix(longest->cached, prompt)) {
            longest = &other;
        }
    }
    // The last token of the prompt is always run: its row predicts the first token of the reply.
    size_t kept = std::min(common_prefix(longest->cached, prompt), prompt.size() - 1);
    if (longest != &slot && kept > 0) {
        llama_memory_seq_rm(memory, slot.sequence, -1, -1);
        if (model_->is_recurrent()) {
            kept = 0;  // a recurrent state cannot be cut at a position
        } else {
            llama_memory_seq_cp(memory, longest->sequence, slot.sequence, 0, static_cast<llama_pos>(kept));
        }
    } else if (!llama_memory_seq_rm(memory, slot.sequence, static_cast<llama_pos>(kept), -1)) {
        llama_memory_seq_rm(memory, slot.sequence, -1, -1);
        kept = 0;
    }
    slot.cached.assign(prompt.begin(), prompt.begin() + static_cast<std::ptrdiff_t>(kept));
    slot.session = generation->request.session;
    generation->cached = kept;
    slot.generation = std::move(generation);
}

void Engine::step_pass() {
    PendingPass * pending = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (!passes_.empty()) {
            pending = &passes_.front();  // only this thread removes from the front
        }
    }
    if (pending == nullptr) {
        return;
    }
    std::exception_ptr failure;
    bool complete = true;
    try {
        use_adapter(pending->pass.adapter);
        complete = pending->pass.step(context_.get(), callback_, pass_sequence_, static_cast<size_t>(model_->head().vocabulary()));
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure && stopping_) {
        failure = std::make_exception_ptr(Error("ERR_DISPOSED", "The model was closed"));  // llama.cpp was told to break off
    }
    if (complete) {
        const auto done = std::move(pending->done);
        {
            const std::lock_guard lock(mutex_);
            passes_.pop_front();
        }
        done(failure);
    }
}

void Engine::step_batch(std::vector<Event> & events) {
    for (Slot & slot : slots_) {
        if (slot.generation && (*slot.generation->aborted || slot.generation->session->closed)) {
            finish(slot, FinishReason::abort, events);
        }
    }
    refresh_adapters();
    const std::shared_ptr<const Adapter> adapter = choose_adapter();
    Batch & batch = *batch_;
    batch.clear();
    std::vector<RowPlan> plans;
    struct Row {
        Slot * slot;
        int32_t index;
    };
    std::vector<Row> rows;
    std::vector<std::pair<Slot *, size_t>> taken;  // tokens of each slot in this batch

    const auto add = [&](Slot & slot, size_t most) {
        const size_t count = std::min(slot.waiting(), most);
        for (size_t i = 0; i < count; ++i) {
            const size_t position = slot.cached.size() + i;
            const bool output = i + 1 == slot.waiting();
            const int32_t index = batch.add(slot.token_at(position), static_cast<llama_pos>(position), slot.sequence, output);
            if (output) {
                Generation & generation = *slot.generation;
                generation.spray = generation.session->current_spray();
                generation.strength = generation.spray ? generation.session->strength.load() * generation.spray->strength : 0.0F;
                const bool sprayed = generation.spray && generation.strength != 0.0F;
                generation.night = generation.session->current_night();
                plans.push_back(
                    {sprayed ? generation.spray->vector.data() : nullptr, generation.strength, sprayed ? generation.spray->site : Site::pre_norm, generation.night != nullptr});
                rows.push_back({&slot, index});
            }
        }
        if (count > 0) {
            taken.emplace_back(&slot, count);
        }
    };
    // Replies first, one token each; then prompts share what is left, beginning with another one each turn.
    const bool one_at_a_time = model_->is_recurrent();
    ++turn_;
    for (int prompts = 0; prompts < 2; ++prompts) {
        for (size_t i = 0; i < slots_.size(); ++i) {
            Slot & slot = slots_[(turn_ + i) % slots_.size()];
            if (slot.generation && slot.adapter == adapter && (slot.waiting() > 1) == (prompts == 1) && !(one_at_a_time && !taken.empty())) {
                add(slot, std::max<size_t>(batch_tokens_, slots_.size()) - batch.size());
            }
        }
    }
    if (batch.size() == 0) {
        return;
    }

    use_adapter(adapter);
    callback_.plan(std::move(plans));
    use_threads(governor_.threads());
    const Clock::time_point begun = Clock::now();
    const double processor_begun = processor_seconds();
    const int status = llama_decode(context_.get(), batch.get());
    llama_synchronize(context_.get());
    governor_.took(batch.size(), seconds_between(begun, Clock::now()), processor_seconds() - processor_begun);
    std::string failure;
    if (status != 0 && status != 2) {
        failure = "llama.cpp could not decode (status " + std::to_string(status) + "): " + take_backend_errors();
    } else if (status == 0) {
        try {
            callback_.rethrow_failure();
        } catch (const std::exception & error) {
            failure = error.what();
        }
    }
    if (status == 2) {
        return;  // stopping
    }
    if (!failure.empty()) {
        for (const auto & [slot, count] : taken) {
            llama_memory_seq_rm(llama_get_memory(context_.get()), slot->sequence, -1, -1);
            slot->cached.clear();
            finish(*slot, FinishReason::error, events, "ERR_NATIVE", failure);
        }
        return;
    }
    for (const auto & [slot, count] : taken) {
        for (size_t i = 0; i < count; ++i) {
            slot->cached.push_back(slot->token_at(slot->cached.size()));
        }
        slot->used = ++clock_;
    }
    for (size_t row = 0; row < rows.size(); ++row) {
        take_row(*rows[row].slot, rows[row].index, callback_.results()[row], events);
    }
}

// Shapes, samples and reports the row of one session.
void Engine::take_row(Slot & slot, int32_t batch_index, const RowResult & row, std::vector<Event> & events) {
    Generation & generation = *slot.generation;
    const std::span<float> logits(llama_get_logits_ith(context_.get(), batch_index), static_cast<size_t>(model_->head().vocabulary()));
    const bool sprayed = generation.spray && generation.strength != 0.0F;
    if (sprayed) {
        shaper_.shape(logits, *generation.spray, generation.strength, row);
    } else {
        shaper_.pass_through(logits);
    }
    read_night(generation, row);
    generation.reading.apply(logits, shaper_.log_z());
    const std::vector<llama_token> top = largest(logits, generation.request.top_logprobs);
    generation.copies.apply(logits);
    llama_token token = 0;
    try {
        token = generation.sampler.sample(context_.get(), batch_index);
    } catch (const std::exception & error) {
        finish(slot, FinishReason::error, events, "ERR_NATIVE", error.what());
        return;
    }
    generation.copies.restore(logits);   // the figures below are those before the bias
    generation.reading.restore(logits);  // and influence is the spray's alone
    if (generation.trail) {
        generation.trail->push(token);
    }
    const int32_t copied = generation.copies.advance(token);
    if (generation.generated.empty()) {
        generation.first_token = Clock::now();
    }
    if (model_->is_end(token)) {
        finish(slot, FinishReason::end, events);
        return;
    }
    TokenEvent event{generation.id,
        static_cast<uint32_t>(generation.generated.size()),
        token,
        generation.text.push(model_->piece(token, generation.shows(token))),
        generation.reading.logprob(token, shaper_.logprob(token)),
        std::nullopt,
        copied};
    if (generation.reading.share() > 0.0F) {
        event.consolidated = {generation.reading.share(), generation.reading.weight_of(token, shaper_.logprob(token)), generation.reading.sources_of(token)};
    }
    for (const llama_token candidate : top) {
        event.top_logprobs.push_back({candidate, generation.reading.logprob(candidate, shaper_.logprob(candidate))});
    }
    if (sprayed && generation.request.influence) {
        event.influence = shaper_.influence(token, generation.request.movers, generation.request.sources);
    }
    generation.generated.push_back(token);
    events.emplace_back(std::move(event));
    if (generation.text.stopped()) {
        finish(slot, FinishReason::stop, events);
    } else if (generation.generated.size() >= generation.request.max_tokens) {
        finish(slot, FinishReason::length, events);
    } else if (generation.request.prompt.size() + generation.generated.size() >= options_.context_tokens) {
        finish(slot, FinishReason::context, events);
    }
}

// What the night has to say where this row stands.
void Engine::read_night(Generation & generation, const RowResult & row) {
    generation.reading.silence();
    if (!generation.night) {
        generation.trail.reset();
        return;
    }
    if (!generation.trail) {
        std::vector<llama_token> tokens(generation.request.prompt);
        tokens.insert(tokens.end(), generation.generated.begin(), generation.generated.end());
        generation.trail.emplace(model_->head());
        generation.trail->restart(tokens);
    }
    features_.resize(generation.night->width());
    head_features(model_->head(), row.hidden, *generation.trail, features_);
    generation.reading.read(*generation.night, features_);
}

void Engine::finish(Slot & slot, FinishReason reason, std::vector<Event> & events, const std::string & code, const std::string & message) {
    Generation & generation = *slot.generation;
    const Clock::time_point now = Clock::now();
    const bool began = !generation.generated.empty();
    events.emplace_back(FinishEvent{generation.id,
        reason,
        generation.text.flush(),
        code,
        message,
        static_cast<uint32_t>(generation.request.prompt.size()),
        static_cast<uint32_t>(generation.cached),
        seconds_between(generation.started, began ? generation.first_token : now),
        began ? seconds_between(generation.first_token, now) : 0.0});
    generation.session->busy = false;
    slot.generation.reset();
}

// The thread is ending: every request and pass gets its answer.
void Engine::fail_everything() {
    std::vector<Event> events;
    std::deque<PendingPass> passes;
    std::deque<std::function<void(bool)>> tasks;
    {
        const std::lock_guard lock(mutex_);
        for (auto & generation : queue_) {
            Slot waiting;
            waiting.generation = std::move(generation);
            finish(waiting, FinishReason::error, events, "ERR_DISPOSED", "The model was closed");
        }
        queue_.clear();
        std::swap(passes, passes_);
        std::swap(tasks, tasks_);
    }
    for (Slot & slot : slots_) {
        if (slot.generation) {
            finish(slot, FinishReason::error, events, "ERR_DISPOSED", "The model was closed");
        }
    }
    if (!events.empty()) {
        sink_(std::move(events));
    }
    for (const auto & task : tasks) {
        task(true);
    }
    for (PendingPass & pending : passes) {
        pending.done(std::make_exception_ptr(Error("ERR_DISPOSED", "The model was closed")));
    }
}

}  // namespace graffiti
