// The tap: llama.cpp calls it for every node of every graph; it answers for one or two of them.
//
// Before a decode the owner sets one RowPlan per output row, in batch order. When the hidden state
// before the output norm has been computed, the callback reads the rows, notes what influence needs
// (their scale r before and after, their product with the injected vector), adds each row's own vector
// and writes the rows back. It works in host and device memory through the backend's get and set.
//
// With no plan that asks for anything it answers no to every node and costs nothing.
#pragma once

#include "output_head.hpp"

#include <ggml.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace graffiti {

enum class Site : uint8_t {
    pre_norm,   // h' = h + a·r(h)·v
    post_norm,  // after the norm and its gain: a constant bias of the logits, as the published notebook does
};

// What to do with one output row.
struct RowPlan {
    const float * vector = nullptr;  // v, d floats, alive until the decode returns; null = leave the row alone
    float strength = 0.0F;           // a
    Site site = Site::pre_norm;
    bool keep_hidden = false;  // copy h (before injection) into RowResult::hidden
};

struct RowResult {
    double scale_before = 0.0;  // r(h)
    double scale_after = 0.0;   // r(h'), equal to scale_before where nothing was added before the norm
    double hidden_norm = 0.0;   // ‖h‖, of the row that v was added to
    double hidden_dot = 0.0;    // ⟨h, v⟩ of the same row
    std::vector<float> hidden;  // h, when asked for
};

class GraphCallback {
  public:
    // llama_context_params.cb_eval with `this` as user data.
    static bool evaluate(ggml_tensor * node, bool ask, void * user_data);

    // Until a head is set, the callback only looks for the logits node and discovers the head from it.
    void discover(std::string architecture, const StoredMatrix * stored) {
        architecture_ = std::move(architecture);
        stored_ = stored;
    }
    const std::optional<OutputHead> & head() const { return head_; }
    void set_head(const OutputHead & head) { head_ = head; }
    void rethrow_failure();

    // Plans for the output rows of the next decode, in batch order.
    void plan(std::vector<RowPlan> plans);
    std::span<RowResult> results() { return results_; }

  private:
    bool wants(const ggml_tensor * node);
    void run(ggml_tensor * node);

    std::string architecture_;
    const StoredMatrix * stored_ = nullptr;
    std::optional<OutputHead> head_;
    std::exception_ptr failure_;
    std::vector<RowPlan> plans_;
    std::vector<RowResult> results_;
    bool needs_hidden_ = false;
    bool needs_normed_ = false;
    size_t hidden_rows_seen_ = 0;  // rows handled so far: a decode may be split into several graphs
    size_t normed_rows_seen_ = 0;
    std::vector<float> rows_;
};

}  // namespace graffiti
