// Runs a token sequence through a context with outputs at chosen positions, a slice at a time, so that
// the logits buffer stays small and other sequences get their turn between slices.
#pragma once

#include "adapter.hpp"
#include "graph_callback.hpp"
#include "model.hpp"
#include "spray.hpp"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace graffiti {

struct RowView {
    size_t position;          // of the token whose row this is; the row predicts position + 1
    std::span<float> logits;  // as the model computed them, injected where a spray was given
    const RowResult & result;
};

class RowPass {
  public:
    // Rows first_output … tokens.size() − 1 are given to `visit`, in order. The sequence must be empty
    // before the first step, and is emptied after the last.
    RowPass(std::vector<llama_token> tokens, size_t first_output, std::shared_ptr<const Spray> spray, float strength, bool keep_hidden, std::function<void(const RowView &)> visit);

    // The weights it runs under; null: those of the file. Whoever steps sets them on the context.
    std::shared_ptr<const Adapter> adapter;

    // Runs one slice. True when the pass is complete.
    bool step(llama_context * context, GraphCallback & callback, llama_seq_id sequence, size_t vocabulary);

  private:
    std::vector<llama_token> tokens_;
    size_t first_output_;
    std::shared_ptr<const Spray> spray_;
    float strength_;
    bool keep_hidden_;
    std::function<void(const RowView &)> visit_;
    size_t done_ = 0;
};

}  // namespace graffiti
