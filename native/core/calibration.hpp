// What is measured once per model: how its head sees the world when nobody told it anything.
//
//   cal   positions of texts the model samples from itself, T = 1
//   p̄ = mean p_t    idf(w) = −log p̄_w    ḡ = Gᵀp̄
//   F  = Gᵀdiag(p̄)G − mean_t (Gᵀp_t)(Gᵀp_t)ᵀ      Fisher matrix of the head, d×d
//   F⁻¹ := (F + 1e-3·tr(F)/d·I)⁻¹                   nf(s) = s/√(sᵀFs)
//   references: the gradient and the mean state of everyday sentences told as user turns
#pragma once

#include "chat_template.hpp"
#include "model.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace graffiti {

struct CalibrationRow {
    std::vector<float> logits;  // linear logits of one cal position as log-probabilities, V floats
    std::vector<float> normed;  // u of the same position, d floats
    float level = 0.0F;         // added to them it gives the linear logits back: a soft cap needs their height
};

class Calibration {
  public:
    // Samples, measures and factorises on `threads` threads; seconds for a model of 100M parameters.
    // Reproducible: the seed is fixed. Progress goes from 0 to 1; false aborts (ERR_ABORTED).
    static std::shared_ptr<const Calibration> measure(const Model & model, const ChatTemplate & chat, int threads, const Progress & progress);

    // idf: −log p̄_w of every word, nats
    const std::vector<float> & rarities() const { return rarity_; }
    const std::vector<float> & mean_direction() const { return mean_direction_; }           // ḡ
    const std::vector<double> & reference_gradient() const { return reference_gradient_; }  // mean over references
    const std::vector<double> & reference_state() const { return reference_state_; }        // mean u over references
    // N_S, N_μ: mean Fisher norms of F⁻¹(grad − mean grad) and of (mean u − its mean) over the references:
    // the size that an everyday sentence gives each part of a memory vector.
    double gradient_scale() const { return gradient_scale_; }
    double state_scale() const { return state_scale_; }
    const std::vector<CalibrationRow> & rows() const { return rows_; }

    // F⁻¹·x
    std::vector<double> precondition(const std::vector<double> & vector) const;
    // √(xᵀFx)
    double fisher_norm(const std::vector<double> & vector) const;

  private:
    friend class CalibrationFile;
    void factorise();
    void measure_scales(const std::vector<std::vector<double>> & gradients, const std::vector<std::vector<double>> & states);

    std::string key_;  // model fingerprint and chat template
    size_t width_ = 0;
    std::vector<float> rarity_;
    std::vector<float> mean_direction_;
    std::vector<double> reference_gradient_;
    std::vector<double> reference_state_;
    double gradient_scale_ = 1.0;
    double state_scale_ = 1.0;
    std::vector<double> fisher_;  // d×d
    std::vector<double> factor_;  // lower Cholesky factor of F + ridge
    std::vector<CalibrationRow> rows_;
};

}  // namespace graffiti
