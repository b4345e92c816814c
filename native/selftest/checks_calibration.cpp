#include "checks.hpp"
#include "figures.hpp"
#include "probe.hpp"

#include "calibration_file.hpp"
#include "chat_template.hpp"
#include "spray_maker.hpp"
#include "strength.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>

namespace graffiti::selftest {

namespace {

std::vector<double> random_direction(const OutputHead & head, uint64_t seed) {
    const std::vector<float> vector = random_vector(head, seed);
    return {vector.begin(), vector.end()};
}

// xᵀFy from the norm alone: (‖x + y‖² − ‖x − y‖²)/4
double fisher_product(const Calibration & calibration, const std::vector<double> & x, const std::vector<double> & y) {
    std::vector<double> sum(x);
    std::vector<double> difference(x);
    for (size_t j = 0; j < x.size(); ++j) {
        sum[j] += y[j];
        difference[j] -= y[j];
    }
    const double plus = calibration.fisher_norm(sum);
    const double minus = calibration.fisher_norm(difference);
    return 0.25 * (plus * plus - minus * minus);
}

// zᵀ(F + λI)(F⁻¹x) = zᵀx, λ = 1e-3·tr(F)/d.
void precondition_inverts_the_fisher_matrix(Report & report, const OutputHead & head, const Calibration & calibration) {
    const auto d = static_cast<size_t>(head.width());
    if (d > 1024) {
        report.skip("precondition is the inverse of F with its ridge", "tr(F) of a wide model takes long this way");
        return;
    }
    double trace = 0.0;
    for (size_t j = 0; j < d; ++j) {
        std::vector<double> unit(d, 0.0);
        unit[j] = 1.0;
        const double norm = calibration.fisher_norm(unit);
        trace += norm * norm;
    }
    const double ridge = 1e-3 * trace / static_cast<double>(d);
    double worst = 0.0;
    for (uint64_t seed = 60; seed < 66; ++seed) {
        const std::vector<double> x = random_direction(head, seed);
        const std::vector<double> z = random_direction(head, seed + 100);
        const std::vector<double> y = calibration.precondition(x);
        const double product = fisher_product(calibration, z, y) + ridge * std::inner_product(z.begin(), z.end(), y.begin(), 0.0);
        const double expected = std::inner_product(z.begin(), z.end(), x.begin(), 0.0);
        worst = std::max(worst, std::abs(product - expected) / static_cast<double>(d));  // |z||x| = d
    }
    report.at_most("precondition is the inverse of F with its ridge", worst, 1e-9);
}

// F = Σ_w p̄_w·G_w·G_wᵀ − mean_t (Gᵀp_t)(Gᵀp_t)ᵀ. The first part is known exactly; the second from the positions
// that are kept, an eighth of those that were measured.
void fisher_norm_equals_a_direct_sum(Report & report, const OutputHead & head, const Calibration & calibration) {
    const SlowHead slow(head);
    double within = 0.0;
    double between = 0.0;
    double expected_between = 0.0;
    for (uint64_t seed = 70; seed < 74; ++seed) {
        const std::vector<float> vector = random_vector(head, seed);
        const std::vector<double> b = slow.project(vector);
        double second = 0.0;
        for (size_t w = 0; w < b.size(); ++w) {
            second += std::exp(-static_cast<double>(calibration.rarities()[w])) * b[w] * b[w];
        }
        double means = 0.0;
        for (const CalibrationRow & row : calibration.rows()) {
            std::vector<double> shown(b.size());
            for (size_t w = 0; w < b.size(); ++w) {
                shown[w] = slow.to_shown(static_cast<double>(row.logits[w]) + static_cast<double>(row.level));
            }
            const double log_z = slow_log_sum_exp(shown);
            double mean = 0.0;
            for (size_t w = 0; w < b.size(); ++w) {
                mean += std::exp(shown[w] - log_z) * b[w];
            }
            means += mean * mean / static_cast<double>(calibration.rows().size());
        }
        const double norm = calibration.fisher_norm({vector.begin(), vector.end()});
        within += norm * norm;
        between += second - norm * norm;
        expected_between += means;
    }
    report.at_most("fisher_norm against a direct sum, part between positions, relative", std::abs(between / expected_between - 1.0), 0.5);
    report.at_least("fisher_norm: share within positions", within / (within + between), 0.01);
}

void means_are_those_of_the_mean_distribution(Report & report, const OutputHead & head, const Calibration & calibration) {
    const SlowHead slow(head);
    double mass = 0.0;
    double worst = 0.0;
    const std::vector<float> vector = random_vector(head, 80);
    const std::vector<double> b = slow.project(vector);
    double expected = 0.0;
    for (size_t w = 0; w < b.size(); ++w) {
        const double p = std::exp(-static_cast<double>(calibration.rarities()[w]));
        mass += p;
        expected += p * b[w];
    }
    double product = 0.0;
    for (size_t j = 0; j < vector.size(); ++j) {
        product += static_cast<double>(vector[j]) * static_cast<double>(calibration.mean_direction()[j]);
    }
    worst = std::abs(product - expected);
    report.at_most("rarities are those of a distribution", std::abs(mass - 1.0), 1e-4);
    report.at_most("mean direction is G'p of it", worst, 1e-4);
}

// mean_kl, which sets the strength from base rows alone, against LogitShaper on injected rows of the same positions.
void mean_kl_is_what_the_shaper_reports(Report & report, const Subject & subject, const Calibration & calibration) {
    const OutputHead & head = subject.model->head();
    double worst = 0.0;
    for (const auto & [site, undo] : {std::pair{Site::pre_norm, true}, std::pair{Site::pre_norm, false}, std::pair{Site::post_norm, true}}) {
        const Spray spray = simple_spray(head, random_vector(head, 90), site, undo, 0.0F);
        constexpr double a = 0.2;
        LogitShaper shaper(head);
        double total = 0.0;
        for (const CalibrationRow & row : calibration.rows()) {
            RowResult result;
            result.scale_before = 1.0;
            std::vector<float> moved(row.normed);
            for (size_t j = 0; j < moved.size(); ++j) {
                moved[j] += static_cast<float>(a) * spray.vector[j];
            }
            double squares = 0.0;
            for (const float value : moved) {
                squares += static_cast<double>(value) * static_cast<double>(value) / static_cast<double>(moved.size());
            }
            result.scale_after = site == Site::pre_norm ? std::sqrt(squares) : 1.0;
            std::vector<float> logits(row.logits.size());
            for (size_t w = 0; w < logits.size(); ++w) {
                const double k = site == Site::post_norm || head.offset().empty() ? 0.0 : static_cast<double>(head.offset()[w]);
                const double linear = static_cast<double>(row.logits[w]) + static_cast<double>(row.level);
                logits[w] = head.to_shown(static_cast<float>(k + (linear - k + a * static_cast<double>(spray.bias[w])) / result.scale_after));
            }
            shaper.shape(logits, spray, static_cast<float>(a), result);
            total += shaper.kl() / static_cast<double>(calibration.rows().size());
        }
        worst = std::max(worst, std::abs(mean_kl(calibration, head, spray, static_cast<float>(a)) / total - 1.0));
    }
    report.at_most("mean_kl equals the shaper's KL at the same positions, relative", worst, 0.01);
}

void strength_gives_the_wanted_kl(Report & report, const Subject & subject, const Calibration & calibration) {
    const OutputHead & head = subject.model->head();
    double worst = 0.0;
    for (const double target : {0.01, 0.03}) {
        SprayRequest request;
        request.sources.push_back({1, 1.0F, random_vector(head, 91), 0.0});
        request.target_kl = target;
        const std::shared_ptr<const Spray> spray = make_spray(*subject.model, calibration, request, 1);
        worst = std::max(worst, std::abs(mean_kl(calibration, head, *spray, spray->strength) / target - 1.0));
        const double norm = calibration.fisher_norm({spray->vector.begin(), spray->vector.end()});
        worst = std::max(worst, std::abs(norm - 1.0));
    }
    report.at_most("a made spray has the wanted mean KL and Fisher norm 1, relative", worst, 0.02);
    SprayRequest cancelling;
    cancelling.sources = {{1, 1.0F, random_vector(head, 92), 0.0}, {2, -1.0F, random_vector(head, 92), 0.0}};
    report.holds("no sources, or sources that cancel: no spray", !make_spray(*subject.model, calibration, {}, 1) && !make_spray(*subject.model, calibration, cancelling, 1));
}

bool equal_calibrations(const OutputHead & head, const Calibration & a, const Calibration & b) {
    const std::vector<double> x = random_direction(head, 99);
    bool equal = a.rarities() == b.rarities() && a.mean_direction() == b.mean_direction() && a.reference_gradient() == b.reference_gradient() &&
                 a.reference_state() == b.reference_state() && a.fisher_norm(x) == b.fisher_norm(x) && a.precondition(x) == b.precondition(x) && a.rows().size() == b.rows().size();
    for (size_t i = 0; equal && i < a.rows().size(); ++i) {
        equal = a.rows()[i].logits == b.rows()[i].logits && a.rows()[i].normed == b.rows()[i].normed && a.rows()[i].level == b.rows()[i].level;
    }
    return equal;
}

void a_cached_calibration_is_the_same_or_none(Report & report, const Subject & subject, const Calibration & calibration) {
    namespace fs = std::filesystem;
    const Model & model = *subject.model;
    const ChatTemplate chat(model, "");
    const fs::path folder = fs::temp_directory_path() / ("graffiti-selftest-" + std::to_string(reinterpret_cast<uintptr_t>(&calibration)) + "-" + model.fingerprint());
    const std::string path = (folder / "deep" / "calibration").string();
    report.holds("no cache file: none", CalibrationFile::read(path, model, chat) == nullptr);
    const bool written = CalibrationFile::write(path, calibration);
    const std::shared_ptr<const Calibration> kept = CalibrationFile::read(path, model, chat);
    report.holds("a calibration read from its cache equals the measured one", written && kept && equal_calibrations(model.head(), calibration, *kept));
    report.holds("one for another chat template: none", CalibrationFile::read(path, model, ChatTemplate(model, "{{ messages[0].content }}")) == nullptr);
    report.holds("nothing else is left in the folder", std::distance(fs::directory_iterator(folder / "deep"), fs::directory_iterator()) == 1);

    std::ifstream in(path, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto read_of = [&](const std::string & bytes) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
        return CalibrationFile::read(path, model, chat);
    };
    const size_t steps = subject.quick ? 4 : 24;
    bool truncated = true;
    bool damaged = true;
    for (size_t i = 0; i < steps; ++i) {
        truncated = truncated && read_of(whole.substr(0, whole.size() * i / steps)) == nullptr;
        std::string flipped(whole);
        const size_t at = (whole.size() - 1) * i / (steps - 1);
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << (i % 8)));
        damaged = damaged && read_of(flipped) == nullptr;
    }
    report.holds("a truncated cache file: none", truncated && read_of(whole.substr(0, whole.size() - 1)) == nullptr && read_of(whole + "x") == nullptr);
    report.holds("a cache file with one wrong bit: none", damaged);
    // Lengths as large as they come: the first array's, and one further in.
    std::string long_array(whole);
    for (size_t i = 0; i < 8; ++i) {
        long_array[i] = static_cast<char>(i < 3 ? 0xFF : 0x00);
    }
    std::string longest(whole);
    longest.replace(0, 8, 8, '\x7F');
    report.holds("a wrong length: none", read_of(long_array) == nullptr && read_of(longest) == nullptr);
    report.holds("restored, it is read again", read_of(whole) != nullptr);
    report.holds("a cache that cannot be written is no failure", !CalibrationFile::write(path + "/below-a-file", calibration));
    std::error_code ignored;
    fs::remove_all(folder, ignored);
}

}  // namespace

void check_calibration(Report & report, const Subject & subject, const Calibration & calibration) {
    report.begin("calibration");
    const OutputHead & head = subject.model->head();
    precondition_inverts_the_fisher_matrix(report, head, calibration);
    fisher_norm_equals_a_direct_sum(report, head, calibration);
    means_are_those_of_the_mean_distribution(report, head, calibration);
    mean_kl_is_what_the_shaper_reports(report, subject, calibration);
    strength_gives_the_wanted_kl(report, subject, calibration);
    a_cached_calibration_is_the_same_or_none(report, subject, calibration);
}

}  // namespace graffiti::selftest
