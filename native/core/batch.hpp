// A llama_batch that owns its arrays.
#pragma once

#include <llama.h>

#include <cstddef>

namespace graffiti {

class Batch {
  public:
    explicit Batch(size_t capacity) : batch_(llama_batch_init(static_cast<int32_t>(capacity), 0, 1)) {}
    ~Batch() { llama_batch_free(batch_); }
    Batch(const Batch &) = delete;
    Batch & operator=(const Batch &) = delete;

    void clear() { batch_.n_tokens = 0; }
    size_t size() const { return static_cast<size_t>(batch_.n_tokens); }

    // Appends a token and returns its index in the batch.
    int32_t add(llama_token token, llama_pos position, llama_seq_id sequence, bool output) {
        const int32_t index = batch_.n_tokens++;
        batch_.token[index] = token;
        batch_.pos[index] = position;
        batch_.n_seq_id[index] = 1;
        batch_.seq_id[index][0] = sequence;
        batch_.logits[index] = output ? 1 : 0;
        return index;
    }

    const llama_batch & get() const { return batch_; }

  private:
    llama_batch batch_;
};

}  // namespace graffiti
