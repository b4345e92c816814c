#include "key_space.hpp"

#include "error.hpp"
#include "parallel.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace graffiti {

namespace {

constexpr int iterations = 8;
constexpr float format = 1.0F;  // first value of the flat array
constexpr size_t header = 4;    // format, width, components, kept

using Rows = std::vector<std::vector<double>>;

// Modified Gram–Schmidt, twice. Rows that others already span are dropped.
void orthonormalise(Rows & basis) {
    Rows kept;
    for (std::vector<double> & row : basis) {
        double before = 0.0;
        for (const double value : row) {
            before += value * value;
        }
        for (int pass = 0; pass < 2; ++pass) {
            for (const std::vector<double> & other : kept) {
                double product = 0.0;
                for (size_t j = 0; j < row.size(); ++j) {
                    product += row[j] * other[j];
                }
                for (size_t j = 0; j < row.size(); ++j) {
                    row[j] -= product * other[j];
                }
            }
        }
        double squares = 0.0;
        for (const double value : row) {
            squares += value * value;
        }
        if (squares <= 1e-12 * before || squares == 0.0) {
            continue;
        }
        const double inverse = 1.0 / std::sqrt(squares);
        for (double & value : row) {
            value *= inverse;
        }
        kept.push_back(std::move(row));
    }
    basis = std::move(kept);
}

// basis ← basis·XᵀX, X row-major. Returns Σ‖X·b‖² over the basis as it was: the variance it holds.
double multiply(std::span<const float> x, size_t width, Rows & basis, int threads) {
    const size_t count = x.size() / width;
    std::vector<double> held(basis.size(), 0.0);
    run_on_threads(threads, [&](int thread) {
        std::vector<double> products(count);
        for (size_t b = static_cast<size_t>(thread); b < basis.size(); b += static_cast<size_t>(threads)) {
            std::vector<double> & row = basis[b];
            for (size_t i = 0; i < count; ++i) {
                double product = 0.0;
                for (size_t j = 0; j < width; ++j) {
                    product += static_cast<double>(x[i * width + j]) * row[j];
                }
                products[i] = product;
                held[b] += product * product;
            }
            std::fill(row.begin(), row.end(), 0.0);
            for (size_t i = 0; i < count; ++i) {
                for (size_t j = 0; j < width; ++j) {
                    row[j] += products[i] * static_cast<double>(x[i * width + j]);
                }
            }
        }
    });
    double sum = 0.0;
    for (const double value : held) {
        sum += value;
    }
    return sum;
}

}  // namespace

KeySpace KeySpace::fit(std::span<const float> rows, size_t width, size_t components, int threads) {
    const size_t count = width == 0 ? 0 : rows.size() / width;
    if (count < 2 || rows.size() != count * width) {
        throw Error("ERR_NATIVE", "A key space needs at least two whole rows");
    }
    KeySpace space;
    std::vector<double> mean(width, 0.0);
    std::vector<double> square(width, 0.0);
    for (size_t i = 0; i < count; ++i) {
        for (size_t j = 0; j < width; ++j) {
            mean[j] += static_cast<double>(rows[i * width + j]) / static_cast<double>(count);
        }
    }
    for (size_t i = 0; i < count; ++i) {
        for (size_t j = 0; j < width; ++j) {
            const double off = static_cast<double>(rows[i * width + j]) - mean[j];
            square[j] += off * off / static_cast<double>(count);
        }
    }
    double largest = 0.0;
    for (const double value : square) {
        largest = std::max(largest, value);
    }
    for (size_t j = 0; j < width; ++j) {
        space.mean_.push_back(static_cast<float>(mean[j]));
        // A feature that never moves tells nothing: it must not be blown up to count like the others.
        space.deviation_.push_back(static_cast<float>(std::sqrt(std::max(square[j], largest * 1e-6 + 1e-30))));
    }
    std::vector<float> standard(rows.size());
    double variance = 0.0;
    for (size_t i = 0; i < rows.size(); ++i) {
        const size_t j = i % width;
        standard[i] = (rows[i] - space.mean_[j]) / space.deviation_[j];
        variance += static_cast<double>(standard[i]) * static_cast<double>(standard[i]);
    }

    Rows basis(std::min({components, width, count - 1}), std::vector<double>(width));
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal;
    for (std::vector<double> & row : basis) {
        std::generate(row.begin(), row.end(), [&] { return normal(random); });
    }
    for (int round = 0; round < iterations; ++round) {
        orthonormalise(basis);
        multiply(standard, width, basis, threads);
    }
    orthonormalise(basis);
    Rows spent(basis);
    const double held = multiply(standard, width, spent, threads);
    space.kept_ = variance > 0.0 ? std::min(1.0, held / variance) : 1.0;
    space.components_ = basis.size();
    for (const std::vector<double> & row : basis) {
        for (size_t j = 0; j < width; ++j) {
            space.projection_.push_back(static_cast<float>(row[j] / static_cast<double>(space.deviation_[j])));
        }
    }
    space.quantise();
    return space;
}

// Without the 1/σ: with it a feature that hardly moves would take all of a row's range.
void KeySpace::quantise() {
    const size_t n = width();
    rows_.resize(projection_.size());
    for (size_t c = 0; c < components_; ++c) {
        const float * p = projection_.data() + c * n;
        float largest = 0.0F;
        for (size_t j = 0; j < n; ++j) {
            largest = std::max(largest, std::abs(p[j] * deviation_[j]));
        }
        const float scale = largest > 0.0F ? largest / 127.0F : 1.0F;
        for (size_t j = 0; j < n; ++j) {
            rows_[c * n + j] = static_cast<int8_t>(std::lround(p[j] * deviation_[j] / scale));
        }
        scales_.push_back(scale);
    }
}

void KeySpace::project(std::span<const float> features, std::span<float> out) const {
    const size_t n = width();
    std::vector<float> standard(n);  // (x − μ)/σ
    for (size_t j = 0; j < n; ++j) {
        standard[j] = (features[j] - mean_[j]) / deviation_[j];
    }
    const float * s = standard.data();
    // Four rows at a time: the sum of one alone waits for its own last addition.
    size_t c = 0;
    for (; c + 4 <= components_; c += 4) {
        const int8_t * p0 = rows_.data() + c * n;
        const int8_t * p1 = p0 + n;
        const int8_t * p2 = p1 + n;
        const int8_t * p3 = p2 + n;
        float sum0 = 0.0F;
        float sum1 = 0.0F;
        float sum2 = 0.0F;
        float sum3 = 0.0F;
#pragma omp simd reduction(+ : sum0, sum1, sum2, sum3)
        for (size_t j = 0; j < n; ++j) {
            sum0 += static_cast<float>(p0[j]) * s[j];
            sum1 += static_cast<float>(p1[j]) * s[j];
            sum2 += static_cast<float>(p2[j]) * s[j];
            sum3 += static_cast<float>(p3[j]) * s[j];
        }
        out[c] = scales_[c] * sum0;
        out[c + 1] = scales_[c + 1] * sum1;
        out[c + 2] = scales_[c + 2] * sum2;
        out[c + 3] = scales_[c + 3] * sum3;
    }
    for (; c < components_; ++c) {
        const int8_t * p = rows_.data() + c * n;
        float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < n; ++j) {
            sum += static_cast<float>(p[j]) * s[j];
        }
        out[c] = scales_[c] * sum;
    }
}

std::vector<float> KeySpace::values() const {
    std::vector<float> values{format, static_cast<float>(width()), static_cast<float>(components_), static_cast<float>(kept_)};
    values.insert(values.end(), mean_.begin(), mean_.end());
    values.insert(values.end(), deviation_.begin(), deviation_.end());
    values.insert(values.end(), projection_.begin(), projection_.end());
    return values;
}

KeySpace KeySpace::from_values(std::span<const float> values) {
    const auto whole = [](float value) { return value >= 1.0F && value <= 65536.0F && value == std::floor(value); };
    if (values.size() < header || values[0] != format || !whole(values[1]) || !whole(values[2])) {
        throw Error("ERR_NATIVE", "This is no key space");
    }
    KeySpace space;
    const auto width = static_cast<size_t>(values[1]);
    space.components_ = static_cast<size_t>(values[2]);
    space.kept_ = static_cast<double>(values[3]);
    const std::span<const float> rest = values.subspan(header);
    if (rest.size() != 2 * width + space.components_ * width || !(space.kept_ > 0.0)) {
        throw Error("ERR_NATIVE", "The key space is not whole");
    }
    space.mean_.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(width));
    space.deviation_.assign(rest.begin() + static_cast<std::ptrdiff_t>(width), rest.begin() + static_cast<std::ptrdiff_t>(2 * width));
    space.projection_.assign(rest.begin() + static_cast<std::ptrdiff_t>(2 * width), rest.end());
    space.quantise();
    return space;
}

}  // namespace graffiti
