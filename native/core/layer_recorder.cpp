#include "layer_recorder.hpp"

#include "backend.hpp"
#include "batch.hpp"
#include "error.hpp"

#include <ggml-backend.h>

#include <algorithm>
#include <mutex>

namespace graffiti {

namespace {

// Every token is an output, so that the last layer computes them all; the rows of logits that this reserves stay few.
constexpr uint32_t slice_tokens = 128;

bool is_product(const ggml_tensor * node) {
    return node->op == GGML_OP_MUL_MAT || node->op == GGML_OP_MUL_MAT_ID;
}

}  // namespace

LayerRecorder::LayerRecorder(const Model & model, const std::string & pattern, uint32_t context_tokens, int threads) : model_(model), pattern_(pattern) {
    llama_context_params parameters = llama_context_default_params();
    parameters.n_ctx = context_tokens;
    parameters.n_batch = std::min(slice_tokens, context_tokens);
    parameters.n_ubatch = parameters.n_batch;
    parameters.n_threads = threads;
    parameters.n_threads_batch = threads;
    parameters.no_perf = true;
    // Exact, and for narrow heads much faster: attention converts half-precision values one by one.
    parameters.type_k = GGML_TYPE_F32;
    parameters.type_v = GGML_TYPE_F32;
    parameters.cb_eval = evaluate;
    parameters.cb_eval_user_data = this;
    take_backend_errors();
    {
        const std::lock_guard lock(model.adapter_mutex());  // llama.cpp looks at the model's adapters here
        context_.reset(llama_init_from_model(model.handle(), parameters));
    }
    if (!context_) {
        throw Error("ERR_NATIVE", "llama.cpp could not create a context to record layers in: " + take_backend_errors());
    }
    decode({model.start_token()}, 0, 1);
    discovering_ = false;
    llama_memory_clear(llama_get_memory(context_.get()), true);
    if (weights_.empty()) {
        throw Error(
            "ERR_UNSUPPORTED_ARCHITECTURE", "No matrix product in the graph of architecture '" + model.architecture() + "' has a weight whose name matches '" + pattern + "'");
    }
}

void LayerRecorder::run(const std::vector<llama_token> & tokens, size_t first, size_t last, const std::vector<bool> & wanted, const Visit & visit) {
    wanted_ = &wanted;
    visit_ = &visit;
    first_ = first;
    last_ = last;
    const size_t slice = llama_n_batch(context_.get());
    for (size_t begin = 0; begin < last; begin += slice) {
        decode(tokens, begin, std::min(slice, last - begin));
    }
    llama_memory_clear(llama_get_memory(context_.get()), true);
}

void LayerRecorder::decode(const std::vector<llama_token> & tokens, size_t begin, size_t count) {
    Batch batch(count);
    for (size_t i = 0; i < count; ++i) {
        batch.add(tokens[begin + i], static_cast<llama_pos>(begin + i), 0, true);
    }
    batch_begin_ = begin;
    batch_count_ = count;
    waiting_ = wanted_ == nullptr ? 0 : static_cast<size_t>(std::count(wanted_->begin(), wanted_->end(), true));
    const int status = llama_decode(context_.get(), batch.get());
    if (failure_) {
        std::exception_ptr failure;
        std::swap(failure, failure_);
        std::rethrow_exception(failure);
    }
    if (status != 0) {
        throw Error(
            status == 1 ? "ERR_CONTEXT_OVERFLOW" : "ERR_NATIVE", "llama.cpp could not run a text of " + std::to_string(tokens.size()) + " tokens: " + take_backend_errors());
    }
}

bool LayerRecorder::evaluate(ggml_tensor * node, bool ask, void * user_data) {
    auto & self = *static_cast<LayerRecorder *>(user_data);
    try {
        if (ask) {
            if (self.discovering_) {
                self.discover(node);
                return false;
            }
            return self.wants(node);
        }
        self.read(node);
    } catch (...) {
        self.failure_ = std::current_exception();  // no exception may cross llama.cpp's C code
        return false;
    }
    return self.waiting_ > 0;  // what comes after the last product is not needed
}

void LayerRecorder::discover(const ggml_tensor * node) {
    if (!is_product(node) || node->src[0]->op != GGML_OP_NONE || !std::regex_search(node->src[0]->name, pattern_)) {
        return;
    }
    const ggml_tensor * weight = node->src[0];
    if (node->src[1]->type != GGML_TYPE_F32 || node->type != GGML_TYPE_F32 || !ggml_is_contiguous(node->src[1]) || !ggml_is_contiguous(node)) {
        throw Error("ERR_UNSUPPORTED_ARCHITECTURE",
            "The product with '" + std::string(weight->name) + "' in the graph of architecture '" + model_.architecture() + "' is not one of plain rows");
    }
    const bool experts = node->op == GGML_OP_MUL_MAT_ID;
    if (indices_.emplace(weight->name, weights_.size()).second) {
        weights_.push_back({weight->name,
            static_cast<size_t>(weight->ne[0]),
            static_cast<size_t>(weight->ne[1]),
            experts ? static_cast<size_t>(weight->ne[2]) : 0,
            experts ? static_cast<size_t>(node->ne[1]) : 1});
    }
}

bool LayerRecorder::wants(const ggml_tensor * node) const {
    if (!is_product(node)) {
        return false;
    }
    const auto found = indices_.find(node->src[0]->name);
    return found != indices_.end() && wanted_ != nullptr && (*wanted_)[found->second];
}

void LayerRecorder::read(const ggml_tensor * node) {
    --waiting_;
    const size_t index = indices_.at(node->src[0]->name);
    const RecordedWeight & weight = weights_[index];
    const ggml_tensor * input = node->src[1];
    const size_t per_token = weight.per_token;
    const size_t shared = weight.experts > 0 && input->ne[1] == 1 ? per_token : 1;  // experts may share one input row
    const size_t rows = batch_count_ * per_token;
    if (static_cast<size_t>(ggml_nrows(node)) != rows || static_cast<size_t>(ggml_nrows(input)) * shared != rows) {
        throw Error("ERR_UNSUPPORTED_ARCHITECTURE",
            "The product with '" + weight.name + "' in the graph of architecture '" + model_.architecture() + "' has " + std::to_string(ggml_nrows(node)) + " rows for " +
                std::to_string(batch_count_) + " tokens");
    }
    inputs_.resize(static_cast<size_t>(ggml_nelements(input)));
    outputs_.resize(static_cast<size_t>(ggml_nelements(node)));
    ggml_backend_tensor_get(input, inputs_.data(), 0, inputs_.size() * sizeof(float));
    ggml_backend_tensor_get(node, outputs_.data(), 0, outputs_.size() * sizeof(float));
    if (weight.experts > 0) {
        const ggml_tensor * chosen = node->src[2];  // may be a view into longer rows
        experts_.resize(rows);
        for (size_t token = 0; token < batch_count_; ++token) {
            ggml_backend_tensor_get(chosen, experts_.data() + token * per_token, token * chosen->nb[1], per_token * sizeof(int32_t));
        }
    }
    for (size_t i = 0; i < rows; ++i) {
        const size_t position = batch_begin_ + i / per_token;
        if (position >= first_ && position < last_) {
            (*visit_)({index,
                weight.experts > 0 ? static_cast<size_t>(experts_[i]) : 0,
                std::span(inputs_).subspan(i / shared * weight.inputs, weight.inputs),
                std::span(outputs_).subspan(i * weight.outputs, weight.outputs)});
        }
    }
}

}  // namespace graffiti
