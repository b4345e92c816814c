// The dense linear algebra of engram extraction, in double: products, a blocked Cholesky factorisation, triangular
// solves and the largest eigenpairs of a symmetric operator. Row-major throughout.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace graffiti {

struct Matrix {
    Matrix() = default;
    Matrix(size_t row_count, size_t column_count) : rows(row_count), columns(column_count), values(row_count * column_count, 0.0) {}

    double & at(size_t row, size_t column) { return values[row * columns + column]; }
    double at(size_t row, size_t column) const { return values[row * columns + column]; }
    std::span<double> row(size_t index) { return {values.data() + index * columns, columns}; }
    std::span<const double> row(size_t index) const { return {values.data() + index * columns, columns}; }

    size_t rows = 0;
    size_t columns = 0;
    std::vector<double> values;
};

// Floats, row-major, as doubles.
Matrix widen(std::span<const float> values, size_t columns);
Matrix transposed(const Matrix & matrix);

// A·Bᵀ
Matrix product_transposed(const Matrix & a, const Matrix & b, int threads);
// A·B
Matrix product(const Matrix & a, const Matrix & b, int threads);

// Adds XᵀX of rows of floats to the lower triangle of a square matrix. The upper triangle is undefined.
void add_gram(Matrix & sum, std::span<const float> rows, int threads);
// XXᵀ, lower triangle.
Matrix row_gram(const Matrix & rows, int threads);

// L with LLᵀ = A, from the lower triangle of A, in place; the upper triangle becomes zero. False when A is not
// positive definite in double precision.
bool factorise(Matrix & a, int threads);
// Each row x becomes z with z·Lᵀ = x.
void solve_lower(const Matrix & factor, Matrix & rows, int threads);
// Each row z becomes w with w·L = z.
void solve_upper(const Matrix & factor, Matrix & rows, int threads);

using Operator = std::function<void(std::span<const double> in, std::span<double> out)>;

struct Eigenpairs {
    std::vector<double> values;  // largest first
    Matrix vectors;              // a row each, of length 1
};

// The `wanted` largest eigenpairs of a symmetric operator on vectors of `size` numbers: Lanczos with full
// reorthogonalisation, until what is wanted is exact to 1e-12 of the largest or the space is exhausted.
Eigenpairs largest_eigenpairs(size_t size, size_t wanted, const Operator & apply);

// All eigenvalues of the symmetric matrix whose lower triangle is given, unordered.
std::vector<double> eigenvalues(Matrix matrix);

}  // namespace graffiti
