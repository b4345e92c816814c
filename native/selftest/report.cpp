#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace graffiti::selftest {

namespace {

std::string quoted(const std::string & text) {
    std::string result = "\"";
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (character == '"' || character == '\\') {
            result += '\\';
            result += character;
        } else if (byte < 0x20U || byte >= 0x7FU) {
            char escape[8];
            std::snprintf(escape, sizeof(escape), "\\u%04x", static_cast<unsigned>(byte));
            result += escape;
        } else {
            result += character;
        }
    }
    return result + '"';
}

std::string number(double value) {
    if (!std::isfinite(value)) {
        return "null";
    }
    char text[32];
    std::snprintf(text, sizeof(text), "%.6g", value);
    return text;
}

}  // namespace

void Report::describe(const std::string & key, const std::string & value) {
    description_.emplace_back(key, value);
    std::fprintf(json_ ? stderr : stdout, "%-13s %s\n", key.c_str(), value.c_str());
}

void Report::at_most(const std::string & name, double figure, double limit, const std::string & note) {
    add({group_, name, Relation::at_most, figure, limit, figure <= limit, note});
}

void Report::at_least(const std::string & name, double figure, double limit, const std::string & note) {
    add({group_, name, Relation::at_least, figure, limit, figure >= limit, note});
}

void Report::holds(const std::string & name, bool truth, const std::string & note) {
    add({group_, name, Relation::holds, truth ? 1.0 : 0.0, 1.0, truth, note});
}

void Report::skip(const std::string & name, const std::string & why) {
    add({group_, name, Relation::skipped, 0.0, 0.0, true, why});
}

void Report::add(Outcome outcome) {
    const char * verdict = outcome.relation == Relation::skipped ? "skip" : outcome.passed ? "ok  " : "FAIL";
    std::string figure;
    if (outcome.relation == Relation::at_most || outcome.relation == Relation::at_least) {
        figure = "  " + number(outcome.figure) + (outcome.relation == Relation::at_most ? " <= " : " >= ") + number(outcome.limit);
    }
    std::FILE * stream = json_ ? stderr : stdout;
    std::fprintf(stream, "%s %s: %s%s%s%s\n", verdict, outcome.group.c_str(), outcome.name.c_str(), figure.c_str(), outcome.note.empty() ? "" : "  ", outcome.note.c_str());
    std::fflush(stream);
    outcomes_.push_back(std::move(outcome));
}

int Report::finish() const {
    const auto failed = static_cast<size_t>(std::count_if(outcomes_.begin(), outcomes_.end(), [](const Outcome & outcome) { return !outcome.passed; }));
    const auto skipped = static_cast<size_t>(std::count_if(outcomes_.begin(), outcomes_.end(), [](const Outcome & outcome) { return outcome.relation == Relation::skipped; }));
    const size_t run = outcomes_.size() - skipped;
    std::fprintf(json_ ? stderr : stdout, "%zu checks, %zu failed, %zu skipped\n", run, failed, skipped);
    if (json_) {
        std::string text = "{";
        for (const auto & [key, value] : description_) {
            text += quoted(key) + ":" + quoted(value) + ",";
        }
        text += "\"passed\":" + std::string(failed == 0 && run > 0 ? "true" : "false") + ",\"checks\":[";
        for (size_t i = 0; i < outcomes_.size(); ++i) {
            const Outcome & outcome = outcomes_[i];
            text += (i == 0 ? "{" : ",{") + ("\"group\":" + quoted(outcome.group)) + ",\"name\":" + quoted(outcome.name);
            if (outcome.relation == Relation::skipped) {
                text += ",\"skipped\":true";
            } else {
                text += ",\"passed\":" + std::string(outcome.passed ? "true" : "false") + ",\"figure\":" + number(outcome.figure) + "," +
                        (outcome.relation == Relation::at_most ? "\"atMost\":" : "\"atLeast\":") + number(outcome.limit);
            }
            text += (outcome.note.empty() ? "" : ",\"note\":" + quoted(outcome.note)) + "}";
        }
        std::printf("%s]}\n", text.c_str());
    }
    return failed == 0 && run > 0 ? 0 : 1;
}

}  // namespace graffiti::selftest
