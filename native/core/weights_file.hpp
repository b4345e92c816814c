// Weights read from and written to GGUF files, outside of llama.cpp's loader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace graffiti {

// The values of a tensor as floats, in the order of the file. Throws ERR_MODEL_INVALID when the file has no such
// tensor (of a model in several files, only the first is looked at).
std::vector<float> read_tensor(const std::string & path, const std::string & name);

// Writes a copy of a model in which some tensors have other values, as 32-bit floats. Throws ERR_MODEL_INVALID, or
// ERR_NATIVE when the file cannot be written.
void write_model_copy(const std::string & path, const std::string & copy, const std::map<std::string, std::vector<float>> & replaced);

// Writes a quantised copy of a float model; `type` is 'q8_0' or 'q4_k_m'.
void quantise_model(const std::string & path, const std::string & copy, const std::string & type, int threads);

}  // namespace graffiti
