#include "calibration_file.hpp"

#include "row_kernels.hpp"

#include <ggml.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <type_traits>

namespace graffiti {

namespace {

constexpr const char * magic = "graffiti calibration 2";
constexpr float least_logprob = -60.0F;
constexpr uint64_t most_elements = 1ULL << 31U;  // a damaged length must not become an allocation

class Writer {
  public:
    explicit Writer(std::ofstream & file) : file_(file) {}

    template <typename T> void array(const T * values, uint64_t count) {
        static_assert(std::is_trivially_copyable_v<T>);
        file_.write(reinterpret_cast<const char *>(&count), sizeof(count));
        file_.write(reinterpret_cast<const char *>(values), static_cast<std::streamsize>(count * sizeof(T)));
    }
    template <typename T> void array(const std::vector<T> & values) { array(values.data(), values.size()); }
    void text(const std::string & value) { array(value.data(), value.size()); }

  private:
    std::ofstream & file_;
};

class Reader {
  public:
    explicit Reader(std::ifstream & file) : file_(file) {}

    template <typename T> std::vector<T> array() {
        uint64_t count = 0;
        file_.read(reinterpret_cast<char *>(&count), sizeof(count));
        if (!file_ || count > most_elements) {
            file_.setstate(std::ios::failbit);
            return {};
        }
        std::vector<T> values(count);
        file_.read(reinterpret_cast<char *>(values.data()), static_cast<std::streamsize>(count * sizeof(T)));
        return values;
    }
    std::string text() {
        const std::vector<char> characters = array<char>();
        return {characters.begin(), characters.end()};
    }

  private:
    std::ifstream & file_;
};

}  // namespace

std::string calibration_key(const Model & model, const ChatTemplate & chat) {
    return model.fingerprint() + "\n" + chat.source();
}

CalibrationRow calibration_row(const OutputHead & head, std::span<const float> logits, std::span<const float> normed) {
    CalibrationRow row{{logits.begin(), logits.end()}, {normed.begin(), normed.end()}};
    for (float & logit : row.logits) {
        logit = logit == masked_logit ? logit : head.to_linear(logit);
    }
    const float maximum = *std::max_element(row.logits.begin(), row.logits.end());
    const auto log_z = static_cast<float>(log_sum_exp(row.logits, maximum));
    for (float & logit : row.logits) {
        logit = ggml_fp16_to_fp32(ggml_fp32_to_fp16(std::max(logit - log_z, least_logprob)));
    }
    return row;
}

std::shared_ptr<const Calibration> CalibrationFile::read(const std::string & path, const Model & model, const ChatTemplate & chat) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return nullptr;
    }
    Reader reader(file);
    const auto d = static_cast<size_t>(model.head().width());
    const auto vocabulary = static_cast<size_t>(model.head().vocabulary());
    auto calibration = std::make_shared<Calibration>();
    calibration->width_ = d;
    if (reader.text() != magic || (calibration->key_ = reader.text()) != calibration_key(model, chat)) {
        return nullptr;
    }
    calibration->rarity_ = reader.array<float>();
    calibration->mean_direction_ = reader.array<float>();
    calibration->reference_gradient_ = reader.array<double>();
    calibration->reference_state_ = reader.array<double>();
    const std::vector<double> scales = reader.array<double>();
    calibration->fisher_ = reader.array<double>();
    const std::vector<ggml_fp16_t> logits = reader.array<ggml_fp16_t>();
    const std::vector<float> normed = reader.array<float>();
    const bool whole = file && reader.text() == magic && calibration->rarity_.size() == vocabulary && calibration->mean_direction_.size() == d &&
                       calibration->reference_gradient_.size() == d && calibration->reference_state_.size() == d && scales.size() == 2 && calibration->fisher_.size() == d * d && !logits.empty() &&
                       logits.size() % vocabulary == 0 && normed.size() == logits.size() / vocabulary * d;
    if (!whole) {
        return nullptr;
    }
    calibration->gradient_scale_ = scales[0];
    calibration->state_scale_ = scales[1];
    for (size_t row = 0; row < normed.size() / d; ++row) {
        CalibrationRow kept{std::vector<float>(vocabulary), {normed.begin() + static_cast<std::ptrdiff_t>(row * d), normed.begin() + static_cast<std::ptrdiff_t>((row + 1) * d)}};
        ggml_fp16_to_fp32_row(logits.data() + row * vocabulary, kept.logits.data(), static_cast<int64_t>(vocabulary));
        calibration->rows_.push_back(std::move(kept));
    }
    calibration->factorise();
    return calibration;
}

bool CalibrationFile::write(const std::string & path, const Calibration & calibration) {
    namespace fs = std::filesystem;
    std::error_code failed;
    fs::create_directories(fs::path(path).parent_path(), failed);
    const std::string unfinished = path + ".unfinished";
    {
        std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
        Writer writer(file);
        writer.text(magic);
        writer.text(calibration.key_);
        writer.array(calibration.rarity_);
        writer.array(calibration.mean_direction_);
        writer.array(calibration.reference_gradient_);
        writer.array(calibration.reference_state_);
        writer.array(std::vector<double>{calibration.gradient_scale_, calibration.state_scale_});
        writer.array(calibration.fisher_);
        std::vector<ggml_fp16_t> logits;
        std::vector<float> normed;
        for (const CalibrationRow & row : calibration.rows_) {
            for (const float logit : row.logits) {
                logits.push_back(ggml_fp32_to_fp16(logit));
            }
            normed.insert(normed.end(), row.normed.begin(), row.normed.end());
        }
        writer.array(logits);
        writer.array(normed);
        writer.text(magic);
        if (!file.flush()) {
            failed = std::make_error_code(std::errc::io_error);
        }
    }
    if (!failed) {
        fs::rename(unfinished, path, failed);
    }
    if (failed) {
        std::error_code ignored;
        fs::remove(unfinished, ignored);
        return false;
    }
    return true;
}

}  // namespace graffiti
