#include "night.hpp"

namespace graffiti {

void NightReading::read(const Night & night, std::span<const float> features) {
    silence();
    if (night.memory() != nullptr) {
        memory_.read(*night.memory(), features);
    } else {
        rows_.read(*night.rows(), features);
    }
}

void NightReading::silence() {
    memory_.silence();
    rows_.silence();
}

void NightReading::apply(std::span<float> logits, double log_z) {
    memory_.apply(logits, log_z);
    rows_.apply(logits, log_z);
}

void NightReading::restore(std::span<float> logits) const {
    memory_.restore(logits);
    rows_.restore(logits);
}

}  // namespace graffiti
