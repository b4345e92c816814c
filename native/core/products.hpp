// C += A·B for row-major matrices of floats or doubles: four rows by one strip of columns at a time, in registers.
#pragma once

#include "parallel.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace graffiti {

// A as it lies in memory: element (i, p) is data[i·row_stride + p·column_stride], so a transposed matrix costs no copy.
template <typename Real> struct Factor {
    const Real * data;
    size_t row_stride;
    size_t column_stride;
};

// Columns of C computed at once.
template <typename Real> inline constexpr size_t strip_width = 128 / sizeof(Real);

// `count` columns of four rows: a full strip when `count` is the strip's width.
template <typename Real> void multiply_strip(Real * c, size_t c_stride, size_t rows, const Factor<Real> & a, const Real * b, size_t b_stride, size_t depth, size_t count) {
    constexpr size_t width = strip_width<Real>;
    std::array<std::array<Real, width>, 4> sums{};
    if (rows == 4 && count == width) {
        for (size_t p = 0; p < depth; ++p) {
            const Real * from = b + p * b_stride;
            const Real * left = a.data + p * a.column_stride;
            const Real a0 = left[0];
            const Real a1 = left[a.row_stride];
            const Real a2 = left[2 * a.row_stride];
            const Real a3 = left[3 * a.row_stride];
#pragma omp simd
            for (size_t j = 0; j < width; ++j) {
                sums[0][j] += a0 * from[j];
                sums[1][j] += a1 * from[j];
                sums[2][j] += a2 * from[j];
                sums[3][j] += a3 * from[j];
            }
        }
    } else {
        for (size_t p = 0; p < depth; ++p) {
            for (size_t i = 0; i < rows; ++i) {
                const Real factor = a.data[i * a.row_stride + p * a.column_stride];
                for (size_t j = 0; j < count; ++j) {
                    sums[i][j] += factor * b[p * b_stride + j];
                }
            }
        }
    }
    for (size_t i = 0; i < rows; ++i) {
        for (size_t j = 0; j < count; ++j) {
            c[i * c_stride + j] += sums[i][j];
        }
    }
}

// C is rows × columns, A rows × depth, B depth × columns; C and B lie without gaps.
template <typename Real> void multiply_add(Real * c, const Factor<Real> & a, const Real * b, size_t rows, size_t depth, size_t columns, int threads) {
    constexpr size_t width = strip_width<Real>;
    run_on_threads(threads, [&](int thread) {
        for (size_t j = width * static_cast<size_t>(thread); j < columns; j += width * static_cast<size_t>(threads)) {
            for (size_t i = 0; i < rows; i += 4) {
                const Factor<Real> part{a.data + i * a.row_stride, a.row_stride, a.column_stride};
                multiply_strip(c + i * columns + j, columns, std::min<size_t>(4, rows - i), part, b + j, columns, depth, std::min(width, columns - j));
            }
        }
    });
}

}  // namespace graffiti
