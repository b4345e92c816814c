#include "graph_callback.hpp"

#include "error.hpp"

#include <ggml-backend.h>

#include <cmath>
#include <cstring>
#include <exception>

namespace graffiti {

namespace {

// Norm of the row and its product with the vector to be added.
void measure(std::span<const float> hidden, const float * vector, RowResult & result) {
    double squares = 0.0;
    double product = 0.0;
    for (size_t j = 0; j < hidden.size(); ++j) {
        squares += static_cast<double>(hidden[j]) * static_cast<double>(hidden[j]);
    }
    if (vector != nullptr) {
        for (size_t j = 0; j < hidden.size(); ++j) {
            product += static_cast<double>(hidden[j]) * static_cast<double>(vector[j]);
        }
    }
    result.hidden_norm = std::sqrt(squares);
    result.hidden_dot = product;
}

}  // namespace

bool GraphCallback::evaluate(ggml_tensor * node, bool ask, void * user_data) {
    auto & self = *static_cast<GraphCallback *>(user_data);
    if (ask) {
        return self.wants(node);
    }
    try {
        self.run(node);
    } catch (...) {
        self.failure_ = std::current_exception();  // no exception may cross llama.cpp's C code
    }
    return true;
}

void GraphCallback::rethrow_failure() {
    if (failure_) {
        std::exception_ptr failure;
        std::swap(failure, failure_);
        std::rethrow_exception(failure);
    }
}

void GraphCallback::plan(std::vector<RowPlan> plans) {
    plans_ = std::move(plans);
    results_.resize(plans_.size());
    needs_hidden_ = false;
    needs_normed_ = false;
    for (const RowPlan & row : plans_) {
        needs_hidden_ = needs_hidden_ || row.vector != nullptr || row.keep_hidden;
        needs_normed_ = needs_normed_ || (row.vector != nullptr && row.site == Site::post_norm);
    }
    hidden_rows_seen_ = 0;
    normed_rows_seen_ = 0;
}

bool GraphCallback::wants(const ggml_tensor * node) {
    if (!head_) {
        if (!failure_ && !architecture_.empty() && std::strcmp(node->name, "result_output") == 0) {
            try {
                head_ = OutputHead::discover(node, architecture_, stored_);
            } catch (...) {
                failure_ = std::current_exception();
            }
        }
        return false;
    }
    return (needs_hidden_ && head_->hidden_name() == node->name) || (needs_normed_ && head_->normed_name() == node->name);
}

void GraphCallback::run(ggml_tensor * node) {
    const auto d = static_cast<size_t>(head_->width());
    const auto count = static_cast<size_t>(ggml_nrows(node));
    const bool before_norm = head_->hidden_name() == node->name;
    size_t & seen = before_norm ? hidden_rows_seen_ : normed_rows_seen_;
    if (seen + count > plans_.size()) {
        throw Error("ERR_NATIVE", "The graph computed " + std::to_string(seen + count) + " output rows where " + std::to_string(plans_.size()) + " were planned");
    }
    rows_.resize(count * d);
    ggml_backend_tensor_get(node, rows_.data(), 0, rows_.size() * sizeof(float));
    bool changed = false;
    for (size_t i = 0; i < count; ++i) {
        const RowPlan & row = plans_[seen + i];
        RowResult & result = results_[seen + i];
        const std::span<float> hidden(rows_.data() + i * d, d);
        const bool injected = row.vector != nullptr && (row.site == Site::pre_norm) == before_norm;
        if (before_norm || injected) {
            measure(hidden, row.vector, result);
        }
        if (before_norm) {
            result.scale_before = head_->scale_of(hidden);
            result.scale_after = result.scale_before;
            if (row.keep_hidden) {
                result.hidden.assign(hidden.begin(), hidden.end());
            }
        }
        if (injected) {
            const float amount = before_norm ? static_cast<float>(static_cast<double>(row.strength) * result.scale_before) : row.strength;
            for (size_t j = 0; j < d; ++j) {
                hidden[j] += amount * row.vector[j];
            }
            if (before_norm) {
                result.scale_after = head_->scale_of(hidden);
            }
            changed = true;
        }
    }
    if (changed) {
        ggml_backend_tensor_set(node, rows_.data(), 0, rows_.size() * sizeof(float));
    }
    seen += count;
}

}  // namespace graffiti
