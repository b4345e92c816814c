// What a night of sleep left for a session: a head memory or a row head, and what it says about one row.
#pragma once

#include "head_memory.hpp"
#include "row_head.hpp"

#include <variant>

namespace graffiti {

class Night {
  public:
    explicit Night(HeadMemory memory) : learned_(std::move(memory)) {}
    explicit Night(RowHead rows) : learned_(std::move(rows)) {}

    // Null where it is the other.
    HeadMemory * memory() { return std::get_if<HeadMemory>(&learned_); }
    const HeadMemory * memory() const { return std::get_if<HeadMemory>(&learned_); }
    const RowHead * rows() const { return std::get_if<RowHead>(&learned_); }

    // Of the features it reads.
    size_t width() const { return memory() != nullptr ? memory()->space().width() : rows()->width(); }
    // The words it names.
    const std::vector<llama_token> & words() const { return memory() != nullptr ? memory()->rows().tokens : rows()->words(); }

  private:
    std::variant<HeadMemory, RowHead> learned_;
};

// One row: read, apply, then ask; restore gives back the logits as they were.
class NightReading {
  public:
    void read(const Night & night, std::span<const float> features);
    void silence();

    void apply(std::span<float> logits, double log_z);
    void restore(std::span<float> logits) const;

    // Part of the prediction that is the night's; 0 = silent.
    float share() const { return memory_.share() + rows_.share(); }
    // log p' of a token whose log p is given.
    float logprob(llama_token token, float logprob) const { return rows_.logprob(token, memory_.logprob(token, logprob)); }
    // Probability that a token has from the night; `logprob`: its log p.
    float weight_of(llama_token token, float logprob) const { return memory_.weight_of(token) + rows_.weight_of(token, logprob); }
    // The memories behind it, largest first. A row head is learned from all at once and names none.
    std::vector<ConsolidatedShare> sources_of(llama_token token) const { return memory_.sources_of(token); }

  private:
    // One of them is silent.
    HeadReading memory_;
    RowReading rows_;
};

}  // namespace graffiti
