// Collects the outcome of checks and prints them: a line each, or one JSON object.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace graffiti::selftest {

class Report {
  public:
    // json: nothing on standard output before finish(); the lines go to standard error.
    explicit Report(bool json) : json_(json) {}

    void describe(const std::string & key, const std::string & value);
    void begin(const std::string & group) { group_ = group; }

    // A measured error that must not exceed its limit. NaN fails.
    void at_most(const std::string & name, double figure, double limit, const std::string & note = {});
    // A figure that must be reached: what keeps an error check from passing because nothing happened.
    void at_least(const std::string & name, double figure, double limit, const std::string & note = {});
    void holds(const std::string & name, bool truth, const std::string & note = {});
    void skip(const std::string & name, const std::string & why);

    // Prints the summary; the process's exit code.
    int finish() const;

  private:
    enum class Relation { at_most, at_least, holds, skipped };
    struct Outcome {
        std::string group;
        std::string name;
        Relation relation;
        double figure;
        double limit;
        bool passed;
        std::string note;
    };
    void add(Outcome outcome);

    bool json_;
    std::string group_;
    std::vector<std::pair<std::string, std::string>> description_;
    std::vector<Outcome> outcomes_;
};

}  // namespace graffiti::selftest
