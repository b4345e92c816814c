#include "copy_path.hpp"

#include <algorithm>
#include <utility>

namespace graffiti {

namespace {

// borders[i]: length of the longest proper beginning of tokens[0 … i] that is also its end
std::vector<size_t> borders_of(const std::vector<llama_token> & tokens) {
    std::vector<size_t> borders(tokens.size(), 0);
    for (size_t i = 1; i < tokens.size(); ++i) {
        size_t length = borders[i - 1];
        while (length > 0 && tokens[i] != tokens[length]) {
            length = borders[length - 1];
        }
        borders[i] = tokens[i] == tokens[length] ? length + 1 : 0;
    }
    return borders;
}

}  // namespace

CopyReader::CopyReader(std::vector<CopyPath> paths) {
    for (CopyPath & path : paths) {
        std::vector<size_t> borders = borders_of(path.tokens);
        const bool over = path.tokens.empty();
        paths_.push_back({std::move(path), std::move(borders), 0, over});
    }
}

void CopyReader::apply(std::span<float> logits) {
    biases_.clear();
    for (const Reading & reading : paths_) {
        if (reading.over) {
            continue;
        }
        const llama_token token = reading.path.tokens[reading.matched];
        const float bias = reading.matched == 0 ? reading.path.first : reading.path.next;
        const auto known = std::find_if(biases_.begin(), biases_.end(), [token](const Biased & entry) { return entry.token == token; });
        if (known == biases_.end()) {
            biases_.push_back({token, bias, logits[static_cast<size_t>(token)]});
        } else {
            known->bias = std::max(known->bias, bias);
        }
    }
    for (const Biased & entry : biases_) {
        logits[static_cast<size_t>(entry.token)] += entry.bias;
    }
}

void CopyReader::restore(std::span<float> logits) const {
    for (const Biased & entry : biases_) {
        logits[static_cast<size_t>(entry.token)] = entry.logit;
    }
}

int32_t CopyReader::advance(llama_token token) {
    int32_t followed = -1;
    size_t longest = 0;
    for (size_t i = 0; i < paths_.size(); ++i) {
        Reading & reading = paths_[i];
        if (reading.over) {
            continue;
        }
        const std::vector<llama_token> & tokens = reading.path.tokens;
        while (reading.matched > 0 && tokens[reading.matched] != token && !reading.path.anchored) {
            reading.matched = reading.borders[reading.matched - 1];
        }
        if (tokens[reading.matched] == token) {
            ++reading.matched;
        } else {
            reading.over = reading.path.anchored;  // one that may begin anywhere waits on
            continue;
        }
        if (reading.matched > longest) {
            longest = reading.matched;
            followed = static_cast<int32_t>(i);
        }
        reading.over = reading.matched == tokens.size();
    }
    return followed;
}

}  // namespace graffiti
