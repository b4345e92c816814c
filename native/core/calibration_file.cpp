#include "calibration_file.hpp"

#include "row_kernels.hpp"

#include <ggml.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <type_traits>

namespace graffiti {

namespace {

constexpr const char * magic = "graffiti calibration 4";
constexpr float least_logprob = -60.0F;

// 64-bit FNV-1a over words of eight bytes: tells a damaged file from a whole one.
class Checksum {
  public:
    void add(const char * bytes, size_t size) {
        for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
            uint64_t word = 0;
            std::memcpy(&word, bytes + i, std::min(sizeof(word), size - i));
            state_ = (state_ ^ word) * 1099511628211ULL;
            state_ ^= state_ >> 32U;  // high bits reach the low ones, so that no single bit is lost
        }
    }
    uint64_t value() const { return state_; }

  private:
    uint64_t state_ = 14695981039346656037ULL;
};

class Writer {
  public:
    explicit Writer(std::ofstream & file) : file_(file) {}

    template <typename T> void array(const T * values, uint64_t count) {
        static_assert(std::is_trivially_copyable_v<T>);
        bytes(reinterpret_cast<const char *>(&count), sizeof(count));
        bytes(reinterpret_cast<const char *>(values), count * sizeof(T));
    }
    template <typename T> void array(const std::vector<T> & values) { array(values.data(), values.size()); }
    void text(const std::string & value) { array(value.data(), value.size()); }
    void finish() {
        const uint64_t sum = checksum_.value();
        file_.write(reinterpret_cast<const char *>(&sum), sizeof(sum));
    }

  private:
    void bytes(const char * data, size_t size) {
        checksum_.add(data, size);
        file_.write(data, static_cast<std::streamsize>(size));
    }

    std::ofstream & file_;
    Checksum checksum_;
};

class Reader {
  public:
    Reader(std::ifstream & file, uint64_t size) : file_(file), remaining_(size) {}

    template <typename T> std::vector<T> array() {
        uint64_t count = 0;
        // A damaged length must not become an allocation: no array is longer than what is left of the file.
        if (!bytes(reinterpret_cast<char *>(&count), sizeof(count)) || count > remaining_ / sizeof(T)) {
            file_.setstate(std::ios::failbit);
            return {};
        }
        std::vector<T> values(count);
        bytes(reinterpret_cast<char *>(values.data()), count * sizeof(T));
        return values;
    }
    std::string text() {
        const std::vector<char> characters = array<char>();
        return {characters.begin(), characters.end()};
    }
    // Whether all of the file has been read, and as it was written.
    bool whole() {
        const uint64_t expected = checksum_.value();
        uint64_t sum = 0;
        return bytes(reinterpret_cast<char *>(&sum), sizeof(sum)) && sum == expected && remaining_ == 0;
    }

  private:
    bool bytes(char * data, size_t size) {
        if (!file_ || size > remaining_) {
            return false;
        }
        file_.read(data, static_cast<std::streamsize>(size));
        remaining_ -= size;
        checksum_.add(data, size);
        return static_cast<bool>(file_);
    }

    std::ifstream & file_;
    uint64_t remaining_;
    Checksum checksum_;
};

}  // namespace

std::string calibration_key(const Model & model, const ChatTemplate & chat) {
    return model.fingerprint() + "\n" + chat.source();
}

CalibrationRow calibration_row(const OutputHead & head, std::span<const float> logits, std::span<const float> normed) {
    CalibrationRow row{{logits.begin(), logits.end()}, {normed.begin(), normed.end()}, 0.0F};
    for (float & logit : row.logits) {
        logit = logit == masked_logit ? logit : head.to_linear(logit);
    }
    const float maximum = *std::max_element(row.logits.begin(), row.logits.end());
    const auto log_z = static_cast<float>(log_sum_exp(row.logits, maximum));
    row.level = log_z;
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
    std::error_code status;
    Reader reader(file, std::filesystem::file_size(path, status));
    if (status) {
        return nullptr;
    }
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
    const std::vector<float> levels = reader.array<float>();
    const bool whole = reader.whole() && calibration->rarity_.size() == vocabulary && calibration->mean_direction_.size() == d && calibration->reference_gradient_.size() == d &&
                       calibration->reference_state_.size() == d && scales.size() == 2 && calibration->fisher_.size() == d * d && !logits.empty() &&
                       logits.size() % vocabulary == 0 && normed.size() == logits.size() / vocabulary * d && levels.size() == logits.size() / vocabulary;
    if (!whole) {
        return nullptr;
    }
    calibration->gradient_scale_ = scales[0];
    calibration->state_scale_ = scales[1];
    for (size_t row = 0; row < normed.size() / d; ++row) {
        CalibrationRow kept{
            std::vector<float>(vocabulary), {normed.begin() + static_cast<std::ptrdiff_t>(row * d), normed.begin() + static_cast<std::ptrdiff_t>((row + 1) * d)}, levels[row]};
        ggml_fp16_to_fp32_row(logits.data() + row * vocabulary, kept.logits.data(), static_cast<int64_t>(vocabulary));
        calibration->rows_.push_back(std::move(kept));
    }
    calibration->factorise();
    return calibration;
}

bool CalibrationFile::write(const std::string & path, const Calibration & calibration) {
    namespace fs = std::filesystem;
    std::error_code failed;
    if (fs::path(path).has_parent_path()) {
        fs::create_directories(fs::path(path).parent_path(), failed);
    }
    // Two processes may measure the same model at the same time: each writes a file of its own.
    const std::string unfinished = path + "." + std::to_string(std::random_device{}()) + ".unfinished";
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
        std::vector<float> levels;
        for (const CalibrationRow & row : calibration.rows_) {
            for (const float logit : row.logits) {
                logits.push_back(ggml_fp32_to_fp16(logit));
            }
            normed.insert(normed.end(), row.normed.begin(), row.normed.end());
            levels.push_back(row.level);
        }
        writer.array(logits);
        writer.array(normed);
        writer.array(levels);
        writer.finish();
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
