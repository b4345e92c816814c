// The cache of a calibration: one file per model, beside other caches of the user.
#pragma once

#include "calibration.hpp"

#include <memory>
#include <span>
#include <string>

namespace graffiti {

// What a cached calibration must have been made for: the model's fingerprint and its chat template.
std::string calibration_key(const Model & model, const ChatTemplate & chat);

// A position as it is kept: log-probabilities no smaller than −60, rounded to 16 bits, so that a
// calibration read from the cache equals the one that was measured.
CalibrationRow calibration_row(const OutputHead & head, std::span<const float> logits, std::span<const float> normed);

class CalibrationFile {
  public:
    // The calibration kept in the file, or null when it is absent, damaged or made for something else.
    static std::shared_ptr<const Calibration> read(const std::string & path, const Model & model, const ChatTemplate & chat);

    // Writes beside the path and renames, so that a reader never sees half a file. A cache that cannot be
    // written is no failure: false is returned and the next load measures again.
    static bool write(const std::string & path, const Calibration & calibration);
};

}  // namespace graffiti
