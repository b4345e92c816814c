#include "output_head.hpp"

#include "error.hpp"
#include "parallel.hpp"

#include <ggml-backend.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

namespace graffiti {

namespace {

constexpr int64_t block_rows = 128;  // 128 rows of up to 4,096 floats stay in a second-level cache

float parameter(const ggml_tensor * node, size_t index) {
    float value = 0.0F;
    std::memcpy(&value, reinterpret_cast<const char *>(node->op_params) + index * sizeof(float), sizeof(float));
    return value;
}

// The scheduler replaces inputs that live on another device by copies named "DEVICE#name#copy".
std::string original_name(const ggml_tensor * tensor) {
    const std::string name = ggml_get_name(tensor);
    const auto first = name.find('#');
    const auto last = name.rfind('#');
    return first == std::string::npos || first == last ? name : name.substr(first + 1, last - first - 1);
}

std::vector<float> read_vector(const ggml_tensor * tensor) {
    const auto count = static_cast<size_t>(ggml_nelements(tensor));
    std::vector<uint8_t> raw(ggml_nbytes(tensor));
    ggml_backend_tensor_get(tensor, raw.data(), 0, raw.size());
    std::vector<float> values(count);
    if (tensor->type == GGML_TYPE_F32) {
        std::memcpy(values.data(), raw.data(), raw.size());
    } else {
        ggml_get_type_traits(tensor->type)->to_float(raw.data(), values.data(), static_cast<int64_t>(count));
    }
    return values;
}

bool is_layout_only(ggml_op operation) {
    return operation == GGML_OP_VIEW || operation == GGML_OP_RESHAPE || operation == GGML_OP_CONT || operation == GGML_OP_CPY || operation == GGML_OP_GET_ROWS;
}

[[noreturn]] void refuse(const std::string & architecture, const std::string & why) {
    throw Error("ERR_UNSUPPORTED_ARCHITECTURE", "The output head of architecture '" + architecture + "' is not one this library can inject into: " + why);
}

}  // namespace

OutputHead OutputHead::discover(const ggml_tensor * logits, const std::string & architecture, const StoredMatrix * stored) {
    OutputHead head;
    std::vector<float> output_bias;

    // From the logits back to the matrix product: scales, soft cap, output bias.
    const ggml_tensor * node = logits;
    float after_tanh = 1.0F;  // product of the scales applied after the tanh, or of all when there is none
    float before_tanh = 1.0F;
    bool tanh_seen = false;
    while (node != nullptr && node->op != GGML_OP_MUL_MAT) {
        if (node->op == GGML_OP_SCALE) {
            if (parameter(node, 1) != 0.0F) {
                refuse(architecture, "its logits are shifted by a constant scale bias");
            }
            (tanh_seen ? before_tanh : after_tanh) *= parameter(node, 0);
            node = node->src[0];
        } else if (node->op == GGML_OP_UNARY && ggml_get_unary_op(node) == GGML_UNARY_OP_TANH && !tanh_seen) {
            tanh_seen = true;
            node = node->src[0];
        } else if (node->op == GGML_OP_ADD && ggml_nelements(node->src[1]) == node->ne[0] && output_bias.empty() && node->src[1]->op == GGML_OP_NONE) {
            output_bias = read_vector(node->src[1]);
            for (float & value : output_bias) {
                value *= tanh_seen ? before_tanh : after_tanh;  // scales met so far act on the bias too
            }
            node = node->src[0];
        } else if (node->op == GGML_OP_MUL && ggml_nelements(node->src[1]) == 1 && node->src[1]->op == GGML_OP_NONE) {
            (tanh_seen ? before_tanh : after_tanh) *= read_vector(node->src[1])[0];
            node = node->src[0];
        } else if (is_layout_only(node->op)) {
            node = node->src[0];
        } else {
            refuse(architecture, std::string("unexpected operation ") + ggml_op_desc(node) + " between the output matrix and the logits");
        }
    }
    if (node == nullptr) {
        refuse(architecture, "there is no output matrix");
    }
    if (tanh_seen) {
        // shown = A·tanh(B·z): with cap = A and l = A·B·z, shown = cap·tanh(l/cap).
        head.softcap_ = after_tanh;
        head.factor_ = after_tanh * before_tanh;
        for (float & value : output_bias) {
            value *= after_tanh;
        }
    } else {
        head.factor_ = after_tanh;
    }
    head.weights_ = node->src[0];
    head.width_ = head.weights_->ne[0];
    head.vocabulary_ = head.weights_->ne[1];
    if (head.weights_->buffer == nullptr) {
        refuse(architecture, "the output matrix is computed, not stored");
    }
    ggml_backend_dev_t device = ggml_backend_buft_get_device(ggml_backend_buffer_get_type(head.weights_->buffer));
    const bool on_host = device == nullptr || ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_CPU;
    if (ggml_backend_buffer_is_host(head.weights_->buffer)) {
        head.rows_ = static_cast<const uint8_t *>(head.weights_->data);
    } else if (on_host && stored != nullptr && stored->holds(head.weights_)) {
        head.rows_ = stored->rows();
    } else if (on_host) {
        // Reading it back would call a function that such buffers do not have.
        refuse(architecture, std::string("the output matrix is kept rearranged (") + ggml_backend_buffer_name(head.weights_->buffer) + ")");
    }

    // From the matrix product back to the norm: a scale, the norm's bias and gain.
    node = node->src[1];
    float before_matrix = 1.0F;
    while (node != nullptr && node->op != GGML_OP_RMS_NORM && node->op != GGML_OP_NORM) {
        const bool is_weight = node->src[1] != nullptr && node->src[1]->op == GGML_OP_NONE && ggml_nelements(node->src[1]) == head.width_;
        if (original_name(node) == "result_norm") {
            head.normed_name_ = "result_norm";
        }
        if (node->op == GGML_OP_SCALE && head.gain_.empty() && head.norm_bias_.empty()) {
            before_matrix *= parameter(node, 0);
            node = node->src[0];
        } else if (node->op == GGML_OP_ADD && is_weight && head.norm_bias_.empty()) {
            head.norm_bias_ = read_vector(node->src[1]);
            node = node->src[0];
        } else if (node->op == GGML_OP_MUL && is_weight && head.gain_.empty()) {
            head.gain_ = read_vector(node->src[1]);
            node = node->src[0];
        } else if (is_layout_only(node->op)) {
            node = node->src[0];
        } else {
            refuse(architecture, std::string("unexpected operation ") + ggml_op_desc(node) + " between the output norm and the output matrix");
        }
    }
    if (node == nullptr || node->src[0] == nullptr) {
        refuse(architecture, "there is no output norm");
    }
    if (head.normed_name_.empty()) {
        head.normed_name_ = original_name(node);
    }
    head.factor_ *= before_matrix;
    head.norm_ = node->op == GGML_OP_NORM ? Norm::layer : Norm::rms;
    head.epsilon_ = parameter(node, 0);
    head.hidden_name_ = original_name(node->src[0]);
    if (node->src[0]->ne[0] != head.width_ || node->src[0]->type != GGML_TYPE_F32) {
        refuse(architecture, "the hidden state before the norm is not a row of 32-bit floats");
    }
    head.compute_offset(output_bias);
    return head;
}

void OutputHead::compute_offset(const std::vector<float> & output_bias) {
    if (!norm_bias_.empty()) {
        offset_ = project_after_norm(norm_bias_, 1);
    }
    if (!output_bias.empty()) {
        offset_.resize(static_cast<size_t>(vocabulary_), 0.0F);
        for (size_t w = 0; w < offset_.size(); ++w) {
            offset_[w] += output_bias[w];
        }
    }
}

double OutputHead::scale_of(std::span<const float> hidden) const {
    double sum = 0.0;
    double squares = 0.0;
#pragma omp simd reduction(+ : sum, squares)
    for (size_t j = 0; j < hidden.size(); ++j) {
        const double value = hidden[j];
        sum += value;
        squares += value * value;
    }
    const double d = static_cast<double>(hidden.size());
    const double mean = norm_ == Norm::layer ? sum / d : 0.0;
    return std::sqrt(squares / d - mean * mean + static_cast<double>(epsilon_));
}

double OutputHead::normalise(std::span<const float> hidden, std::span<float> normed) const {
    const double r = scale_of(hidden);
    double mean = 0.0;
    if (norm_ == Norm::layer) {
        for (const float value : hidden) {
            mean += value;
        }
        mean /= static_cast<double>(hidden.size());
    }
    for (size_t j = 0; j < hidden.size(); ++j) {
        normed[j] = static_cast<float>((hidden[j] - mean) / r);
    }
    return r;
}

std::vector<double> OutputHead::after_norm(const std::vector<double> & normed) const {
    std::vector<double> state(normed);
    for (size_t j = 0; j < state.size(); ++j) {
        state[j] = state[j] * (gain_.empty() ? 1.0 : static_cast<double>(gain_[j])) + (norm_bias_.empty() ? 0.0 : static_cast<double>(norm_bias_[j]));
    }
    return state;
}

void OutputHead::centre(std::span<float> vector) const {
    if (norm_ != Norm::layer) {
        return;
    }
    double mean = 0.0;
    for (const float value : vector) {
        mean += value;
    }
    mean /= static_cast<double>(vector.size());
    for (float & value : vector) {
        value = static_cast<float>(value - mean);
    }
}

void OutputHead::read_rows(int64_t first, int64_t count, std::vector<uint8_t> & raw, std::span<float> rows) const {
    const size_t row_bytes = ggml_row_size(weights_->type, width_);
    const void * source = nullptr;
    if (rows_ != nullptr) {
        source = rows_ + static_cast<size_t>(first) * row_bytes;
    } else {
        raw.resize(static_cast<size_t>(count) * row_bytes);
        ggml_backend_tensor_get(weights_, raw.data(), static_cast<size_t>(first) * row_bytes, raw.size());
        source = raw.data();
    }
    const int64_t elements = count * width_;
    if (weights_->type == GGML_TYPE_F32) {
        std::memcpy(rows.data(), source, static_cast<size_t>(elements) * sizeof(float));
    } else {
        ggml_get_type_traits(weights_->type)->to_float(source, rows.data(), elements);
    }
}

namespace {

// G[w] from W[w], in place: f·g ⊙ row, minus its mean for LayerNorm.
void apply_gain(std::span<float> row, std::span<const float> gain, float factor, Norm norm) {
    float sum = 0.0F;
    if (gain.empty()) {
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < row.size(); ++j) {
            row[j] *= factor;
            sum += row[j];
        }
    } else {
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < row.size(); ++j) {
            row[j] *= factor * gain[j];
            sum += row[j];
        }
    }
    if (norm == Norm::layer) {
        const float mean = sum / static_cast<float>(row.size());
        for (float & value : row) {
            value -= mean;
        }
    }
}

float dot(std::span<const float> a, const float * b) {
    float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < a.size(); ++j) {
        sum += a[j] * b[j];
    }
    return sum;
}

}  // namespace

void OutputHead::row(int64_t word, std::span<float> row) const {
    std::vector<uint8_t> raw;
    read_rows(word, 1, raw, row);
    apply_gain(row, gain_, factor_, norm_);
}

void OutputHead::row_after_norm(int64_t word, std::span<float> row) const {
    std::vector<uint8_t> raw;
    read_rows(word, 1, raw, row);
    for (float & value : row) {
        value *= factor_;
    }
}

// Blocks of W as it is stored.
void OutputHead::for_each_stored_block(int threads, const std::function<void(int64_t, std::span<float>)> & visit) const {
    const int64_t blocks = (vocabulary_ + block_rows - 1) / block_rows;
    std::atomic<int64_t> next{0};
    run_on_threads(threads, [&](int) {
        std::vector<uint8_t> raw;
        std::vector<float> rows(static_cast<size_t>(block_rows * width_));
        for (int64_t block = next.fetch_add(1); block < blocks; block = next.fetch_add(1)) {
            const int64_t first = block * block_rows;
            const int64_t count = std::min(block_rows, vocabulary_ - first);
            const std::span<float> used(rows.data(), static_cast<size_t>(count * width_));
            read_rows(first, count, raw, used);
            visit(first, used);
        }
    });
}

void OutputHead::for_each_block(int threads, const std::function<void(int64_t, std::span<const float>)> & visit) const {
    const auto d = static_cast<size_t>(width_);
    for_each_stored_block(threads, [&](int64_t first, std::span<float> rows) {
        for (size_t i = 0; i < rows.size(); i += d) {
            apply_gain(rows.subspan(i, d), gain_, factor_, norm_);
        }
        visit(first, rows);
    });
}

std::vector<float> OutputHead::project(std::span<const float> vector, int threads) const {
    std::vector<float> result(static_cast<size_t>(vocabulary_));
    for_each_block(threads, [&](int64_t first, std::span<const float> rows) {
        const size_t count = rows.size() / vector.size();
        for (size_t i = 0; i < count; ++i) {
            result[static_cast<size_t>(first) + i] = dot(vector, rows.data() + i * vector.size());
        }
    });
    return result;
}

// Σ_w weight_w·row_w. Partial sums per block, added in block order, so that the result does not depend on
// scheduling.
template <typename ForEachBlock> std::vector<double> OutputHead::sum_rows(std::span<const float> weights, const ForEachBlock & for_each) const {
    const auto d = static_cast<size_t>(width_);
    const auto blocks = static_cast<size_t>((vocabulary_ + block_rows - 1) / block_rows);
    std::vector<float> partial(blocks * d, 0.0F);
    for_each([&](int64_t first, std::span<const float> rows) {
        float * sum = partial.data() + static_cast<size_t>(first / block_rows) * d;
        for (size_t i = 0; i < rows.size() / d; ++i) {
            const float weight = weights[static_cast<size_t>(first) + i];
            const float * row = rows.data() + i * d;
            if (weight != 0.0F) {
#pragma omp simd
                for (size_t j = 0; j < d; ++j) {
                    sum[j] += weight * row[j];
                }
            }
        }
    });
    std::vector<double> result(d, 0.0);
    for (size_t block = 0; block < blocks; ++block) {
        for (size_t j = 0; j < d; ++j) {
            result[j] += static_cast<double>(partial[block * d + j]);
        }
    }
    return result;
}

std::vector<double> OutputHead::project_transposed(std::span<const float> weights, int threads) const {
    return sum_rows(weights, [&](const auto & visit) { for_each_block(threads, visit); });
}

std::vector<float> OutputHead::project_after_norm(std::span<const float> vector, int threads) const {
    std::vector<float> result(static_cast<size_t>(vocabulary_));
    for_each_stored_block(threads, [&](int64_t first, std::span<const float> rows) {
        for (size_t i = 0; i < rows.size() / vector.size(); ++i) {
            result[static_cast<size_t>(first) + i] = factor_ * dot(vector, rows.data() + i * vector.size());
        }
    });
    return result;
}

std::vector<double> OutputHead::project_after_norm_transposed(std::span<const float> weights, int threads) const {
    std::vector<double> result = sum_rows(weights, [&](const auto & visit) { for_each_stored_block(threads, visit); });
    for (double & value : result) {
        value *= static_cast<double>(factor_);
    }
    return result;
}

float OutputHead::to_linear(float logit) const {
    return softcap_ == 0.0F ? logit : softcap_ * std::atanh(std::clamp(logit / softcap_, -0.9999999F, 0.9999999F));
}

float OutputHead::to_shown(float logit) const {
    return softcap_ == 0.0F ? logit : softcap_ * std::tanh(logit / softcap_);
}

}  // namespace graffiti
