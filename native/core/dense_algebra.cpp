#include "dense_algebra.hpp"

#include "parallel.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace graffiti {

namespace {

constexpr size_t depth = 256;  // columns of a product taken at once: what two rows of blocks need stays in the cache
constexpr size_t panel = 64;   // rows of B that stay in the cache; also the block of the factorisation

double dot(const double * a, const double * b, size_t count) {
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

double dot(std::span<const double> a, std::span<const double> b) {
    return dot(a.data(), b.data(), a.size());
}

// c[i][j] += factor·Σ_k a[i][k]·b[j][k] for 4 by 4 rows; four sums at once keep the arithmetic units busy.
void multiply_4x4(const double * a, size_t a_stride, const double * b, size_t b_stride, size_t count, double factor, double * c, size_t c_stride) {
    const double * a0 = a;
    const double * a1 = a + a_stride;
    const double * a2 = a + 2 * a_stride;
    const double * a3 = a + 3 * a_stride;
    for (size_t j = 0; j < 4; ++j) {
        const double * y = b + j * b_stride;
        double s0 = 0.0;
        double s1 = 0.0;
        double s2 = 0.0;
        double s3 = 0.0;
#pragma omp simd reduction(+ : s0, s1, s2, s3)
        for (size_t k = 0; k < count; ++k) {
            s0 += a0[k] * y[k];
            s1 += a1[k] * y[k];
            s2 += a2[k] * y[k];
            s3 += a3[k] * y[k];
        }
        c[j] += factor * s0;
        c[c_stride + j] += factor * s1;
        c[2 * c_stride + j] += factor * s2;
        c[3 * c_stride + j] += factor * s3;
    }
}

struct View {
    const double * data;
    size_t rows;
    size_t columns;
    size_t stride;
};

// C += factor·A·Bᵀ; where `lower`, blocks above the diagonal are left out.
void accumulate(double * c, size_t c_stride, const View & a, const View & b, double factor, int threads, bool lower) {
    const size_t strips = (a.rows + 3) / 4;
    run_on_threads(threads, [&](int thread) {
        for (size_t k = 0; k < a.columns; k += depth) {
            const size_t count = std::min(depth, a.columns - k);
            for (size_t first = 0; first < b.rows; first += panel) {
                const size_t last = std::min(first + panel, b.rows);
                for (size_t strip = static_cast<size_t>(thread); strip < strips; strip += static_cast<size_t>(threads)) {
                    const size_t i = 4 * strip;
                    const size_t end = lower ? std::min(last, i + 4) : last;
                    size_t j = first;
                    if (i + 4 <= a.rows) {
                        for (; j + 4 <= end; j += 4) {
                            multiply_4x4(a.data + i * a.stride + k, a.stride, b.data + j * b.stride + k, b.stride, count, factor, c + i * c_stride + j, c_stride);
                        }
                    }
                    for (size_t row = i; row < std::min(i + 4, a.rows); ++row) {
                        for (size_t column = j; column < end; ++column) {
                            c[row * c_stride + column] += factor * dot(a.data + row * a.stride + k, b.data + column * b.stride + k, count);
                        }
                    }
                }
            }
        }
    });
}

View view(const Matrix & matrix) {
    return {matrix.values.data(), matrix.rows, matrix.columns, matrix.columns};
}

void add_scaled(std::span<double> to, double factor, std::span<const double> from) {
    for (size_t i = 0; i < to.size(); ++i) {
        to[i] += factor * from[i];
    }
}

// Eigenvalues (unordered) of the symmetric tridiagonal matrix with this diagonal and these entries beside it, by the implicit
// QL method (Wilkinson and Reinsch, Handbook for Automatic Computation II). The columns of `vectors`, where given,
// become the eigenvectors in the basis of its rows.
void diagonalise(std::vector<double> & diagonal, std::vector<double> beside, Matrix * vectors) {
    const size_t n = diagonal.size();
    beside.resize(n, 0.0);
    for (size_t l = 0; l < n; ++l) {
        for (int round = 0; round < 200; ++round) {
            size_t m = l;
            while (m + 1 < n && std::abs(beside[m]) > 1e-16 * (std::abs(diagonal[m]) + std::abs(diagonal[m + 1]))) {
                ++m;
            }
            if (m == l) {
                break;
            }
            double g = (diagonal[l + 1] - diagonal[l]) / (2.0 * beside[l]);
            g = diagonal[m] - diagonal[l] + beside[l] / (g + std::copysign(std::hypot(g, 1.0), g));
            double s = 1.0;
            double c = 1.0;
            double p = 0.0;
            bool split = false;
            for (size_t i = m; i-- > l;) {
                const double f = s * beside[i];
                const double b = c * beside[i];
                const double r = std::hypot(f, g);
                beside[i + 1] = r;
                if (r == 0.0) {
                    diagonal[i + 1] -= p;
                    beside[m] = 0.0;
                    split = true;
                    break;
                }
                s = f / r;
                c = g / r;
                g = diagonal[i + 1] - p;
                const double t = (diagonal[i] - g) * s + 2.0 * c * b;
                p = s * t;
                diagonal[i + 1] = g + p;
                g = c * t - b;
                if (vectors != nullptr) {
                    for (size_t k = 0; k < vectors->rows; ++k) {
                        const double upper = vectors->at(k, i + 1);
                        vectors->at(k, i + 1) = s * vectors->at(k, i) + c * upper;
                        vectors->at(k, i) = c * vectors->at(k, i) - s * upper;
                    }
                }
            }
            if (!split) {
                diagonal[l] -= p;
                beside[l] = g;
                beside[m] = 0.0;
            }
        }
    }
}

// Makes a vector orthogonal to the basis, twice over so that rounding leaves nothing.
void orthogonalise(std::span<double> vector, const Matrix & basis, size_t count) {
    for (int pass = 0; pass < 2; ++pass) {
        for (size_t i = 0; i < count; ++i) {
            add_scaled(vector, -dot(vector, basis.row(i)), basis.row(i));
        }
    }
}

}  // namespace

Matrix widen(std::span<const float> values, size_t columns) {
    Matrix matrix(columns == 0 ? 0 : values.size() / columns, columns);
    std::copy(values.begin(), values.end(), matrix.values.begin());
    return matrix;
}

Matrix transposed(const Matrix & matrix) {
    Matrix result(matrix.columns, matrix.rows);
    for (size_t i = 0; i < matrix.rows; ++i) {
        for (size_t j = 0; j < matrix.columns; ++j) {
            result.at(j, i) = matrix.at(i, j);
        }
    }
    return result;
}

Matrix product_transposed(const Matrix & a, const Matrix & b, int threads) {
    Matrix result(a.rows, b.rows);
    accumulate(result.values.data(), result.columns, view(a), view(b), 1.0, threads, false);
    return result;
}

Matrix product(const Matrix & a, const Matrix & b, int threads) {
    return product_transposed(a, transposed(b), threads);
}

void add_gram(Matrix & sum, std::span<const float> rows, int threads) {
    const size_t width = sum.rows;
    const size_t count = rows.size() / width;
    for (size_t first = 0; first < count; first += depth) {
        const size_t taken = std::min(depth, count - first);
        Matrix columns(width, taken);
        for (size_t i = 0; i < taken; ++i) {
            for (size_t j = 0; j < width; ++j) {
                columns.at(j, i) = static_cast<double>(rows[(first + i) * width + j]);
            }
        }
        accumulate(sum.values.data(), width, view(columns), view(columns), 1.0, threads, true);
    }
}

Matrix row_gram(const Matrix & rows, int threads) {
    Matrix result(rows.rows, rows.rows);
    accumulate(result.values.data(), result.columns, view(rows), view(rows), 1.0, threads, true);
    return result;
}

bool factorise(Matrix & a, int threads) {
    const size_t n = a.rows;
    for (size_t p = 0; p < n; p += panel) {
        const size_t end = std::min(p + panel, n);
        // What earlier columns contribute to this block column.
        accumulate(a.row(p).data() + p, n, {a.row(p).data(), n - p, p, n}, {a.row(p).data(), end - p, p, n}, -1.0, threads, false);
        for (size_t i = p; i < end; ++i) {
            for (size_t j = p; j <= i; ++j) {
                const double rest = a.at(i, j) - dot(a.row(i).subspan(p, j - p), a.row(j).subspan(p, j - p));
                if (i == j) {
                    if (!(rest > 0.0)) {
                        return false;
                    }
                    a.at(i, i) = std::sqrt(rest);
                } else {
                    a.at(i, j) = rest / a.at(j, j);
                }
            }
        }
        run_on_threads(threads, [&](int thread) {
            for (size_t i = end + static_cast<size_t>(thread); i < n; i += static_cast<size_t>(threads)) {
                for (size_t j = p; j < end; ++j) {
                    a.at(i, j) = (a.at(i, j) - dot(a.row(i).subspan(p, j - p), a.row(j).subspan(p, j - p))) / a.at(j, j);
                }
            }
        });
    }
    for (size_t i = 0; i < n; ++i) {
        std::fill(a.row(i).begin() + static_cast<std::ptrdiff_t>(i) + 1, a.row(i).end(), 0.0);
    }
    return true;
}

void solve_lower(const Matrix & factor, Matrix & rows, int threads) {
    const size_t n = factor.rows;
    for (size_t p = 0; p < n; p += panel) {
        const size_t end = std::min(p + panel, n);
        accumulate(rows.values.data() + p, n, {rows.values.data(), rows.rows, p, n}, {factor.row(p).data(), end - p, p, n}, -1.0, threads, false);
        for (size_t r = 0; r < rows.rows; ++r) {
            const std::span<double> row = rows.row(r);
            for (size_t j = p; j < end; ++j) {
                row[j] = (row[j] - dot(row.subspan(p, j - p), factor.row(j).subspan(p, j - p))) / factor.at(j, j);
            }
        }
    }
}

void solve_upper(const Matrix & factor, Matrix & rows, int threads) {
    run_on_threads(threads, [&](int thread) {
        for (size_t r = static_cast<size_t>(thread); r < rows.rows; r += static_cast<size_t>(threads)) {
            const std::span<double> row = rows.row(r);
            for (size_t j = factor.rows; j-- > 0;) {
                row[j] /= factor.at(j, j);
                add_scaled(row.first(j), -row[j], factor.row(j).first(j));
            }
        }
    });
}

Eigenpairs largest_eigenpairs(size_t size, size_t wanted, const Operator & apply) {
    wanted = std::min(wanted, size);
    Matrix basis(0, size);
    std::vector<double> diagonal;
    std::vector<double> beside;
    std::mt19937_64 random(2606);
    std::normal_distribution<double> normal;
    std::vector<double> next(size);
    std::vector<double> ritz;
    Matrix small;
    size_t steps = 0;
    size_t checked = std::max<size_t>(2 * wanted, 24);
    while (steps < size) {
        double length = steps == 0 ? 0.0 : beside.back();
        if (length == 0.0) {  // the beginning, or a space that the operator maps into itself
            std::generate(next.begin(), next.end(), [&] { return normal(random); });
            orthogonalise(next, basis, steps);
            length = std::sqrt(dot(next, next));
        }
        for (const double value : next) {
            basis.values.push_back(value / length);
        }
        ++basis.rows;
        apply(basis.row(steps), next);
        diagonal.push_back(dot(basis.row(steps), next));
        ++steps;
        orthogonalise(next, basis, steps);
        double rest = std::sqrt(dot(next, next));
        double scale = 0.0;
        for (const double value : diagonal) {
            scale = std::max(scale, std::abs(value));
        }
        rest = rest <= 1e-13 * scale ? 0.0 : rest;
        beside.push_back(rest);
        if (steps < size && steps < checked) {
            continue;
        }
        checked = steps + std::max<size_t>(steps / 2, 16);
        ritz = diagonal;
        small = Matrix(steps, steps);
        for (size_t i = 0; i < steps; ++i) {
            small.at(i, i) = 1.0;
        }
        diagonalise(ritz, {beside.begin(), beside.end() - 1}, &small);
        std::vector<size_t> order(steps);
        for (size_t i = 0; i < steps; ++i) {
            order[i] = i;
        }
        std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return ritz[a] > ritz[b]; });
        double residual = 0.0;
        for (size_t i = 0; i < wanted; ++i) {
            residual = std::max(residual, std::abs(rest * small.at(steps - 1, order[i])));
        }
        if (steps == size || (rest > 0.0 && residual <= 1e-12 * scale)) {
            Eigenpairs pairs{{}, Matrix(wanted, size)};
            for (size_t i = 0; i < wanted; ++i) {
                pairs.values.push_back(ritz[order[i]]);
                for (size_t step = 0; step < steps; ++step) {
                    add_scaled(pairs.vectors.row(i), small.at(step, order[i]), basis.row(step));
                }
            }
            return pairs;
        }
    }
    return {};
}

std::vector<double> eigenvalues(Matrix matrix) {
    // Householder reflections from the last row up leave a tridiagonal matrix (Wilkinson and Reinsch, tred1).
    const size_t n = matrix.rows;
    for (size_t i = 0; i < n; ++i) {
        for (size_t j = i + 1; j < n; ++j) {
            matrix.at(i, j) = matrix.at(j, i);
        }
    }
    std::vector<double> diagonal(n, 0.0);
    std::vector<double> beside(n, 0.0);
    std::vector<double> p(n);
    for (size_t i = n; i-- > 1;) {
        const std::span<double> u = matrix.row(i).first(i);
        const double square = dot(u, u);
        diagonal[i] = matrix.at(i, i);
        if (square == 0.0) {
            continue;
        }
        const double length = -std::copysign(std::sqrt(square), u[i - 1]);
        beside[i - 1] = length;
        const double h = square - u[i - 1] * length;
        u[i - 1] -= length;
        for (size_t j = 0; j < i; ++j) {
            p[j] = dot(matrix.row(j).first(i), u) / h;
        }
        const double k = dot(std::span<const double>(p).first(i), u) / (2.0 * h);
        for (size_t j = 0; j < i; ++j) {
            p[j] -= k * u[j];
        }
        for (size_t j = 0; j < i; ++j) {
            const std::span<double> row = matrix.row(j).first(i);
            add_scaled(row, -p[j], u);
            add_scaled(row, -u[j], std::span<const double>(p).first(i));
        }
    }
    if (n > 0) {
        diagonal[0] = matrix.at(0, 0);
        beside.resize(n - 1);
    }
    diagonalise(diagonal, std::move(beside), nullptr);
    return diagonal;
}

}  // namespace graffiti
