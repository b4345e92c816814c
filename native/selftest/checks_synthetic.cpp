// Output heads of every shape the library says it supports, built by hand from ggml operations and run
// through ggml's scheduler with the graph callback: norms, gains, biases, scales, soft cap, weight types.

#include "checks.hpp"
#include "figures.hpp"
#include "probe.hpp"

#include "error.hpp"

#include <ggml-alloc.h>
#include <ggml-backend.h>
#include <ggml-cpu.h>
#include <ggml.h>

#include <cmath>
#include <memory>
#include <random>
#include <string>

namespace graffiti::selftest {

namespace {

struct HeadShape {
    const char * name;
    Norm norm = Norm::rms;
    bool gain = true;
    bool norm_bias = false;
    bool output_bias = false;
    float scale_before = 1.0F;  // between norm and matrix; 1 = no such node
    float scale_after = 1.0F;
    float softcap = 0.0F;
    ggml_type type = GGML_TYPE_F32;
    float epsilon = 1e-5F;
    bool refused = false;  // a constant added to all logits: not a head we can undo
};

constexpr int64_t width = 64;
constexpr int64_t vocabulary = 300;  // more than two blocks of rows, and a rest
constexpr size_t row_count = 6;

template <auto Free> struct Freeing {
    template <typename T> void operator()(T * pointer) const { Free(pointer); }
};
using GgmlContext = std::unique_ptr<ggml_context, Freeing<ggml_free>>;
using Backend = std::unique_ptr<ggml_backend, Freeing<ggml_backend_free>>;
using Buffer = std::unique_ptr<ggml_backend_buffer, Freeing<ggml_backend_buffer_free>>;
using Scheduler = std::unique_ptr<ggml_backend_sched, Freeing<ggml_backend_sched_free>>;

std::vector<float> normal_values(size_t count, double scale, double mean, std::mt19937_64 & random) {
    std::normal_distribution<double> normal(mean, scale);
    std::vector<float> values(count);
    for (float & value : values) {
        value = static_cast<float>(normal(random));
    }
    return values;
}

GgmlContext new_context() {
    return GgmlContext(ggml_init({ggml_tensor_overhead() * 64 + ggml_graph_overhead(), nullptr, true}));
}

class SyntheticHead {
  public:
    explicit SyntheticHead(const HeadShape & shape) : backend_(ggml_backend_cpu_init()), weights_(new_context()), nodes_(new_context()) {
        std::mt19937_64 random(5);
        ggml_context * w = weights_.get();
        ggml_tensor * matrix = ggml_new_tensor_2d(w, shape.type, width, vocabulary);
        ggml_tensor * gain = ggml_new_tensor_1d(w, GGML_TYPE_F32, width);
        ggml_tensor * norm_bias = ggml_new_tensor_1d(w, GGML_TYPE_F32, width);
        ggml_tensor * output_bias = ggml_new_tensor_1d(w, GGML_TYPE_F32, vocabulary);
        input_ = ggml_new_tensor_2d(w, GGML_TYPE_F32, width, row_count);
        buffer_.reset(ggml_backend_alloc_ctx_tensors(w, backend_.get()));
        ggml_backend_buffer_set_usage(buffer_.get(), GGML_BACKEND_BUFFER_USAGE_WEIGHTS);
        set(gain, normal_values(width, 0.3, 1.0, random));
        set(norm_bias, normal_values(width, 0.2, 0.1, random));
        set(output_bias, normal_values(vocabulary, 0.5, 0.0, random));
        const std::vector<float> values = normal_values(width * vocabulary, 0.4, 0.0, random);
        if (shape.type == GGML_TYPE_F32) {
            set(matrix, values);
        } else {
            std::vector<uint8_t> packed(ggml_nbytes(matrix));
            ggml_quantize_chunk(shape.type, values.data(), packed.data(), 0, vocabulary, width, nullptr);
            ggml_backend_tensor_set(matrix, packed.data(), 0, packed.size());
        }
        set(input_, normal_values(width * row_count, 2.0, 0.7, random));

        ggml_context * n = nodes_.get();
        ggml_tensor * hidden = ggml_scale(n, input_, 1.0F);
        ggml_set_name(hidden, "l_out-0");
        ggml_tensor * node = shape.norm == Norm::rms ? ggml_rms_norm(n, hidden, shape.epsilon) : ggml_norm(n, hidden, shape.epsilon);
        node = shape.gain ? ggml_mul(n, node, gain) : node;
        node = shape.norm_bias ? ggml_add(n, node, norm_bias) : node;
        ggml_set_name(node, "result_norm");
        node = shape.scale_before != 1.0F ? ggml_scale(n, node, shape.scale_before) : node;
        node = ggml_mul_mat(n, matrix, node);
        node = shape.output_bias ? ggml_add(n, node, output_bias) : node;
        node = shape.scale_after != 1.0F ? ggml_scale(n, node, shape.scale_after) : node;
        if (shape.softcap != 0.0F) {
            node = ggml_scale(n, ggml_tanh(n, ggml_scale(n, node, 1.0F / shape.softcap)), shape.softcap);
        }
        node = shape.refused ? ggml_scale_bias(n, node, 1.0F, 2.0F) : node;
        ggml_set_name(node, "result_output");
        logits_ = node;
        graph_ = ggml_new_graph(n);
        ggml_build_forward_expand(graph_, logits_);
        ggml_backend_t backends[] = {backend_.get()};
        scheduler_.reset(ggml_backend_sched_new(backends, nullptr, 1, GGML_DEFAULT_GRAPH_SIZE, false, false));
        ggml_backend_sched_set_eval_callback(scheduler_.get(), GraphCallback::evaluate, &callback_);
        callback_.discover(shape.name, nullptr);
        run({});  // finds the head
    }

    const OutputHead & head() const { return *callback_.head(); }

    std::vector<ProbeRow> run(const RowPlan & plan) {
        RowPlan kept = plan;
        kept.keep_hidden = true;
        callback_.plan(std::vector<RowPlan>(callback_.head() ? row_count : 0, kept));
        ggml_backend_sched_reset(scheduler_.get());
        if (!ggml_backend_sched_alloc_graph(scheduler_.get(), graph_) || ggml_backend_sched_graph_compute(scheduler_.get(), graph_) != GGML_STATUS_SUCCESS) {
            throw Error("ERR_NATIVE", "The synthetic head could not be computed");
        }
        callback_.rethrow_failure();
        std::vector<float> values(vocabulary * row_count);
        ggml_backend_tensor_get(logits_, values.data(), 0, values.size() * sizeof(float));
        std::vector<ProbeRow> rows;
        for (size_t i = 0; i < callback_.results().size(); ++i) {
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i * vocabulary);
            rows.push_back({{begin, begin + vocabulary}, callback_.results()[i]});
        }
        return rows;
    }

  private:
    static void set(ggml_tensor * tensor, const std::vector<float> & values) { ggml_backend_tensor_set(tensor, values.data(), 0, values.size() * sizeof(float)); }

    Backend backend_;
    GgmlContext weights_;
    GgmlContext nodes_;
    Buffer buffer_;
    Scheduler scheduler_;
    ggml_tensor * input_ = nullptr;
    ggml_tensor * logits_ = nullptr;
    ggml_cgraph * graph_ = nullptr;
    GraphCallback callback_;
};

Noise compare_logits(Report & report, const HeadShape & shape, const OutputHead & head, const std::vector<ProbeRow> & rows) {
    const SlowHead slow(head);
    Difference difference;
    for (const ProbeRow & row : rows) {
        std::vector<float> normed(width);
        head.normalise(row.result.hidden, normed);
        const std::vector<double> linear = slow.project(normed);
        for (size_t w = 0; w < linear.size(); ++w) {
            difference.add(slow.to_shown(linear[w] + slow.offset(w)), static_cast<double>(row.logits[w]));
        }
    }
    difference.close();
    const bool rounds = shape.type != GGML_TYPE_F32;
    report.at_most(std::string(shape.name) + ": host logits equal the graph's, largest", difference.largest, rounds ? 0.2 : 1e-4);
    return {difference.rms, difference.largest};
}

void check_head_of(Report & report, const HeadShape & shape) {
    SyntheticHead synthetic(shape);
    const OutputHead & head = synthetic.head();
    report.holds(std::string(shape.name) + ": found as built",
        head.norm() == shape.norm && head.width() == width && head.vocabulary() == vocabulary && head.hidden_name() == "l_out-0" && head.normed_name() == "result_norm" &&
            std::abs(head.softcap() - shape.softcap) < 1e-6F && head.offset().empty() == !(shape.norm_bias || shape.output_bias));
    const std::vector<ProbeRow> plain = synthetic.run({});
    const Noise noise = compare_logits(report, shape, head, plain);
    struct Case {
        Site site;
        bool undo_temperature;
        float kl_limit;
    };
    FigureErrors errors;
    for (const Case & each : {Case{Site::pre_norm, true, 0.0F}, Case{Site::pre_norm, true, 0.02F}, Case{Site::pre_norm, false, 0.0F}, Case{Site::post_norm, true, 0.0F}}) {
        const Spray spray = simple_spray(head, random_vector(head, 3), each.site, each.undo_temperature, each.kl_limit);
        constexpr float strength = 0.35F;
        const std::vector<ProbeRow> sprayed = synthetic.run({spray.vector.data(), strength, each.site, true});
        FigureErrors limited;
        for (size_t i = 0; i < plain.size(); ++i) {
            (each.kl_limit > 0.0F ? limited : errors).add(head, spray, strength, plain[i], sprayed[i]);
        }
        if (each.kl_limit > 0.0F) {
            report.at_most(std::string(shape.name) + ": no token above the KL limit", limited.largest_kl, static_cast<double>(each.kl_limit) * 1.001);
        }
    }
    errors.report(report, shape.name, noise, false);
}

}  // namespace

void check_synthetic_heads(Report & report) {
    report.begin("synthetic");
    for (const HeadShape & shape : {
             HeadShape{"RMSNorm"},
             HeadShape{.name = "RMSNorm without gain", .gain = false},
             HeadShape{.name = "LayerNorm with bias", .norm = Norm::layer, .norm_bias = true},
             HeadShape{.name = "LayerNorm without gain", .norm = Norm::layer, .gain = false},
             HeadShape{.name = "output bias and scale", .norm_bias = true, .output_bias = true, .scale_after = 0.6F},
             HeadShape{.name = "scale before the matrix", .scale_before = 0.5F},
             HeadShape{.name = "RMSNorm, large epsilon", .epsilon = 2.0F},
             HeadShape{.name = "LayerNorm, large epsilon", .norm = Norm::layer, .epsilon = 2.0F},
             HeadShape{.name = "soft cap", .softcap = 8.0F},
             HeadShape{.name = "soft cap, biases, scale", .norm = Norm::layer, .norm_bias = true, .output_bias = true, .scale_after = 1.4F, .softcap = 10.0F},
             HeadShape{.name = "F16", .type = GGML_TYPE_F16},
             HeadShape{.name = "Q8_0", .type = GGML_TYPE_Q8_0},
             HeadShape{.name = "Q4_0", .type = GGML_TYPE_Q4_0},
         }) {
        check_head_of(report, shape);
    }
    bool refused = false;
    try {
        const SyntheticHead synthetic(HeadShape{.name = "shifted", .refused = true});
    } catch (const Error & error) {
        refused = std::string(error.code()) == "ERR_UNSUPPORTED_ARCHITECTURE" && std::string(error.what()).find("shifted") != std::string::npos;
    }
    report.holds("a head that is not affine is refused by name", refused);
}

}  // namespace graffiti::selftest
