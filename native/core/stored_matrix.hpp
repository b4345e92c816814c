// A matrix of a GGUF file as it is stored, mapped from the file. ggml rearranges weights for some processors (AMX, and
// narrow blocks for AVX-512 and NEON) into layouts that cannot be read back; what must be read is read here.
#pragma once

#include <ggml.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

struct llama_file;
struct llama_mmap;

namespace graffiti {

// Where a matrix lies in its file.
struct MatrixPlace {
    std::string name;
    ggml_type type = GGML_TYPE_F32;
    std::array<int64_t, 2> shape{};  // elements of a row, rows
    size_t offset = 0;               // of its first byte in the file
};

class StoredMatrix {
  public:
    // Throws ERR_MODEL_INVALID when the file cannot be mapped.
    StoredMatrix(const std::string & path, MatrixPlace place);
    ~StoredMatrix();
    StoredMatrix(const StoredMatrix &) = delete;
    StoredMatrix & operator=(const StoredMatrix &) = delete;

    // Does the system map files?
    static bool is_supported();

    // Are these weights, however they are laid out in memory, this matrix?
    bool holds(const ggml_tensor * weights) const;

    // The rows, one after the other, ggml_row_size(type, shape[0]) bytes each.
    const uint8_t * rows() const { return rows_; }

  private:
    MatrixPlace place_;
    std::unique_ptr<llama_file> file_;
    std::unique_ptr<llama_mmap> mapping_;
    const uint8_t * rows_ = nullptr;
};

}  // namespace graffiti
