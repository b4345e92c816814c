#include "checks.hpp"

#include "thread_governor.hpp"

namespace graffiti::selftest {

namespace {

// Two cores: a decode of one token takes 4 ms with both and 7 with one. While another program has one of them, the two
// threads wait for each other.
double seconds_of(int threads, bool disturbed) {
    if (threads == 1) {
        return 0.007;
    }
    return disturbed ? 0.040 : 0.004;
}

struct Course {
    double seconds = 0.0;
    int with_one = 0;  // decodes with one thread
};

Course decode(ThreadGovernor & governor, int count, bool disturbed) {
    Course course;
    for (int i = 0; i < count; ++i) {
        const double seconds = seconds_of(governor.threads(), disturbed);
        course.with_one += governor.threads() == 1 ? 1 : 0;
        course.seconds += seconds;
        governor.took(1, seconds, seconds * governor.threads());
    }
    return course;
}

}  // namespace

void check_thread_governor(Report & report) {
    report.begin("threads");
    ThreadGovernor governor(2, 1);
    report.holds("begins with all threads", governor.threads() == 2);
    constexpr int many = 20000;
    report.at_most("probes on a quiet machine, share of the time", decode(governor, many, false).seconds / (many * 0.004) - 1.0, 0.02);
    decode(governor, 200, true);
    report.at_least("decodes with one thread of 500 while a core is taken", decode(governor, 500, true).with_one, 450.0);
    decode(governor, 400, false);
    report.at_most("and of 500 when it is free again", decode(governor, 500, false).with_one, 50.0);
    ThreadGovernor taken(2, 1);
    decode(taken, 400, true);
    report.at_least("decodes with one thread of 500 where a core was taken from the start", decode(taken, 500, true).with_one, 450.0);
    ThreadGovernor starving(2, 1);
    for (int i = 0; i < 30; ++i) {  // both threads together get the time of one core and a half
        const double seconds = seconds_of(starving.threads(), true);
        starving.took(1, seconds, seconds * (starving.threads() == 2 ? 1.5 : 1.0));
    }
    report.holds("gives up a thread at once where its threads do not get the time of two cores", starving.threads() == 1);
    ThreadGovernor held(4, 4);
    decode(held, 500, true);
    report.holds("keeps the threads it must have", held.threads() == 4);
    ThreadGovernor many_cores(8, 1);
    for (int i = 0; i < 2000; ++i) {  // one of eight cores is taken
        const int threads = many_cores.threads();
        const double seconds = threads == 8 ? 0.010 : 0.008 / threads;
        many_cores.took(1, seconds, seconds * threads);
    }
    report.holds("of eight threads it gives up one", many_cores.threads() == 7);
}

}  // namespace graffiti::selftest
