// What a reply may take over word for word: a recalled value, or the sentence that answers. While the reply so far
// matches the beginning of a path, the path's next token gets a bias, so that values of several tokens come out whole.
// Afterwards the path is used up: what was recalled is said once.
#pragma once

#include <llama.h>

#include <cstdint>
#include <span>
#include <vector>

namespace graffiti {

struct CopyPath {
    std::vector<llama_token> tokens;
    bool anchored = false;  // true: the reply must begin with it; false: it may begin anywhere
    float first = 0.0F;     // nats added to the logit of its first token
    float next = 0.0F;      // nats added to each following one
};

// Follows one reply along its paths.
class CopyReader {
  public:
    explicit CopyReader(std::vector<CopyPath> paths);

    bool empty() const { return paths_.empty(); }

    // Adds the biases of the next token; where paths agree on it, the largest counts once.
    void apply(std::span<float> logits);

    // Puts the logits back as they were before the last `apply`.
    void restore(std::span<float> logits) const;

    // Tells the reader what was drawn. Returns the number of the path it follows, −1 when it follows none.
    int32_t advance(llama_token token);

  private:
    struct Reading {
        CopyPath path;
        std::vector<size_t> borders;  // of the tokens: where to go on after a mismatch (Knuth, Morris and Pratt 1977)
        size_t matched = 0;           // tokens of the path that the reply ends with
        bool over = false;
    };
    std::vector<Reading> paths_;
    struct Biased {
        llama_token token;
        float bias;
        float logit;  // before
    };
    std::vector<Biased> biases_;
};

}  // namespace graffiti
