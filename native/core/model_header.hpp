// What llama.cpp asserts, and does not check, of the metadata of a model file: a damaged or hostile file
// must give an error, not end the process.
#pragma once

#include <gguf.h>

#include <optional>
#include <string>

namespace graffiti {

// Why llama.cpp would abort on this file, or nothing when it would not.
std::optional<std::string> broken_header(const gguf_context * gguf, const std::string & architecture);

}  // namespace graffiti
