// graffiti-selftest: checks callback injection, influence and engine on a given model and device.

#include "chat_template.hpp"
#include "checks.hpp"
#include "error.hpp"

#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

namespace {

struct Arguments {
    graffiti::ModelOptions model;
    bool json = false;
    bool quick = false;
};

constexpr const char * usage =
    "usage: graffiti-selftest --model FILE [--device cpu|cuda|metal|rpc:HOST:PORT] [--quick] [--json]\n"
    "Checks that the spray does what the closed form says, on this model and device.\n"
    "  --quick  fewer tokens, for memory checkers\n"
    "  --json   one JSON object on standard output\n";

bool parse(int count, char ** values, Arguments & arguments) {
    arguments.model.device = "cpu";
    for (int i = 1; i < count; ++i) {
        const std::string argument = values[i];
        if (argument == "--json") {
            arguments.json = true;
        } else if (argument == "--quick") {
            arguments.quick = true;
        } else if (argument == "--model" && i + 1 < count) {
            arguments.model.path = values[++i];
        } else if (argument == "--device" && i + 1 < count) {
            arguments.model.device = values[++i];
        } else {
            return false;
        }
    }
    return !arguments.model.path.empty();
}

void check_everything(graffiti::selftest::Report & report, const Arguments & arguments) {
    using namespace graffiti;
    using namespace graffiti::selftest;
    const std::shared_ptr<const Model> model = Model::load(arguments.model, {});
    const OutputHead & head = model->head();
    report.describe("model", model->name().empty() ? model->architecture() : model->name());
    report.describe("quantisation", llama_ftype_name(llama_model_ftype(model->handle())));
    report.describe("architecture", model->architecture());
    report.describe("device", model->device());
    report.describe("norm", head.norm() == Norm::rms ? "RMSNorm" : "LayerNorm");
    report.describe("hidden state", head.hidden_name());
    report.describe("normed state", head.normed_name());
    report.describe("width", std::to_string(head.width()));
    report.describe("vocabulary", std::to_string(head.vocabulary()));
    report.describe("soft cap", head.softcap() == 0.0F ? "none" : std::to_string(head.softcap()));
    report.describe("offset k", head.offset().empty() ? "none" : "yes");

    const Subject subject{model, model->device() == "CPU", arguments.quick};
    check_kernels(report);
    check_text_stream(report);
    check_thread_governor(report);
    check_copy_path(report);
    check_head_memory(report);
    check_row_head(report);
    check_synthetic_heads(report);
    const Noise noise = check_head(report, subject);
    check_injection(report, subject, noise);
    check_cache_independence(report, subject);
    check_influence_figures(report, subject, noise);

    const ChatTemplate chat(*model, "");
    const std::shared_ptr<const Calibration> calibration = Calibration::measure(*model, chat, 1, {});
    check_provenance(report, subject, *calibration);
    check_calibration(report, subject, *calibration);
    check_engine(report, subject, noise);
    check_copied_replies(report, subject);
    check_consolidated_replies(report, subject);
    check_trained_rows(report, subject);
    check_engine_limits(report, subject);
    check_engrams(report, subject);
}

}  // namespace

int main(int count, char ** values) {
    Arguments arguments;
    if (!parse(count, values, arguments)) {
        std::fputs(usage, stderr);
        return 2;
    }
    graffiti::selftest::Report report(arguments.json);
    try {
        check_everything(report, arguments);
    } catch (const graffiti::Error & error) {
        report.begin("run");
        report.holds("every check could be run", false, std::string(error.code()) + ": " + error.what());
    } catch (const std::exception & error) {
        report.begin("run");
        report.holds("every check could be run", false, error.what());
    }
    return report.finish();
}
