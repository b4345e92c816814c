#include "stored_matrix.hpp"

#include "error.hpp"

#include <llama-mmap.h>

#include <exception>
#include <utility>

namespace graffiti {

StoredMatrix::StoredMatrix(const std::string & path, MatrixPlace place) : place_(std::move(place)) {
    try {
        file_ = std::make_unique<llama_file>(path.c_str(), "rb");
        mapping_ = std::make_unique<llama_mmap>(file_.get(), 0);
    } catch (const std::exception & failure) {
        throw Error("ERR_MODEL_INVALID", "'" + path + "' cannot be mapped into memory: " + failure.what());
    }
    rows_ = static_cast<const uint8_t *>(mapping_->addr()) + place_.offset;
}

StoredMatrix::~StoredMatrix() = default;

bool StoredMatrix::is_supported() {
    return llama_mmap::SUPPORTED;
}

bool StoredMatrix::holds(const ggml_tensor * weights) const {
    return place_.name == weights->name && place_.type == weights->type && place_.shape[0] == weights->ne[0] && place_.shape[1] == weights->ne[1];
}

}  // namespace graffiti
