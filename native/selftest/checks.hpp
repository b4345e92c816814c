// The checks, a function for each subject. Each prints measured figures beside their limits.
#pragma once

#include "calibration.hpp"
#include "model.hpp"
#include "report.hpp"

#include <memory>

namespace graffiti::selftest {

// What the arithmetic of the output matrix on this device loses: a head of 4 or 8 bits, or a half-precision
// matrix product, quantises the hidden state too. Limits are absolute where nothing is lost, relative else.
struct Noise {
    double rms = 0.0;      // of a logit, device against host
    double largest = 0.0;  // of all logits looked at

    bool exact() const { return largest <= 1e-3; }
    double rms_limit() const { return exact() ? 1e-3 : 4.0 * rms; }
    double largest_limit() const { return exact() ? 1e-3 : 4.0 * largest; }
    // Strong enough for the shift to stand well above the noise.
    double least_shift() const { return exact() ? 0.05 : 10.0 * rms; }
};

struct Subject {
    std::shared_ptr<const Model> model;
    bool on_host;  // computed by this process's CPU: unchanged work must give unchanged bits
    bool quick;    // fewer tokens, for memory checkers
};

Noise check_head(Report & report, const Subject & subject);
void check_injection(Report & report, const Subject & subject, const Noise & noise);
void check_cache_independence(Report & report, const Subject & subject);
void check_influence_figures(Report & report, const Subject & subject, const Noise & noise);
void check_provenance(Report & report, const Subject & subject, const Calibration & calibration);
void check_calibration(Report & report, const Subject & subject, const Calibration & calibration);
void check_engine(Report & report, const Subject & subject, const Noise & noise);
void check_copied_replies(Report & report, const Subject & subject);
void check_consolidated_replies(Report & report, const Subject & subject);
void check_trained_rows(Report & report, const Subject & subject);
void check_engine_limits(Report & report, const Subject & subject);
void check_engrams(Report & report, const Subject & subject);
// These need no model.
void check_kernels(Report & report);
void check_copy_path(Report & report);
void check_head_memory(Report & report);
void check_row_head(Report & report);
void check_text_stream(Report & report);
void check_thread_governor(Report & report);
void check_synthetic_heads(Report & report);

}  // namespace graffiti::selftest
