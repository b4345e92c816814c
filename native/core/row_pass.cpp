#include "row_pass.hpp"

#include "backend.hpp"
#include "batch.hpp"
#include "error.hpp"

#include <algorithm>

namespace graffiti {

namespace {

constexpr size_t slice_tokens = 64;

}  // namespace

RowPass::RowPass(
    std::vector<llama_token> tokens, size_t first_output, std::shared_ptr<const Spray> spray, float strength, bool keep_hidden, std::function<void(const RowView &)> visit)
    : tokens_(std::move(tokens)), first_output_(first_output), spray_(std::move(spray)), strength_(strength), keep_hidden_(keep_hidden), visit_(std::move(visit)) {}

bool RowPass::step(llama_context * context, GraphCallback & callback, llama_seq_id sequence, size_t vocabulary) {
    const size_t count = std::min({slice_tokens, tokens_.size() - done_, static_cast<size_t>(llama_n_batch(context))});
    Batch batch(count);
    std::vector<RowPlan> plans;
    for (size_t i = 0; i < count; ++i) {
        const size_t position = done_ + i;
        const bool output = position >= first_output_;
        batch.add(tokens_[position], static_cast<llama_pos>(position), sequence, output);
        if (output) {
            plans.push_back({spray_ && strength_ != 0.0F ? spray_->vector.data() : nullptr, strength_, spray_ ? spray_->site : Site::pre_norm, keep_hidden_});
        }
    }
    callback.plan(std::move(plans));
    const int status = llama_decode(context, batch.get());
    if (status != 0) {
        llama_memory_seq_rm(llama_get_memory(context), sequence, -1, -1);
        if (status == 2) {
            throw Error("ERR_DISPOSED", "The model was closed");  // the one reason to stop a decode
        }
        throw Error(
            status == 1 ? "ERR_CONTEXT_OVERFLOW" : "ERR_NATIVE", "llama.cpp could not decode a text of " + std::to_string(tokens_.size()) + " tokens: " + take_backend_errors());
    }
    callback.rethrow_failure();
    size_t row = 0;
    for (size_t i = 0; i < count; ++i) {
        if (done_ + i >= first_output_) {
            visit_({done_ + i, {llama_get_logits_ith(context, static_cast<int32_t>(i)), vocabulary}, callback.results()[row]});
            ++row;
        }
    }
    done_ += count;
    if (done_ < tokens_.size()) {
        return false;
    }
    llama_memory_seq_rm(llama_get_memory(context), sequence, -1, -1);
    return true;
}

}  // namespace graffiti
