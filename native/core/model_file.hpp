// Looks at a GGUF file before llama.cpp does, so that a wrong file gets a clear error instead of an
// assertion, and computes the fingerprint of what is in it.
#pragma once

#include "stored_matrix.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace graffiti {

struct ModelFile {
    std::string architecture;
    std::string fingerprint;    // 16 hex digits
    uint64_t positions = 0;     // rows of the learned position table, 0 when there is none
    bool has_own_head = false;  // "output.weight" is in this file: the embeddings are another matrix
    // The output matrix ("output.weight", or else "token_embd.weight"); absent where the model is split over files.
    std::optional<MatrixPlace> head;
};

// Throws ERR_MODEL_NOT_FOUND or ERR_MODEL_INVALID, saying what is wrong with the file.
ModelFile inspect_model_file(const std::string & path);

}  // namespace graffiti
