#include "checks.hpp"

#include "text_stream.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace graffiti::selftest {

namespace {

struct Shown {
    std::string text;  // all of it, what flush() gave included
    bool stopped = false;
    bool whole = true;  // no piece of text began or ended inside a character, but for the flushed rest
};

bool is_continuation(char character) {
    return (static_cast<uint8_t>(character) & 0xC0U) == 0x80U;
}

// Whether a text ends inside a UTF-8 character, by decoding it from its beginning.
bool ends_inside(const std::string & text) {
    size_t at = 0;
    while (at < text.size()) {
        const auto byte = static_cast<uint8_t>(text[at]);
        const size_t length = byte >= 0xF0U ? 4 : byte >= 0xE0U ? 3 : byte >= 0xC0U ? 2 : 1;
        for (size_t i = 1; i < length; ++i) {
            if (at + i == text.size()) {
                return true;
            }
            if (!is_continuation(text[at + i])) {
                break;
            }
        }
        at += length;
    }
    return false;
}

Shown show(const std::vector<std::string> & pieces, const std::vector<std::string> & stops) {
    TextStream stream(stops);
    Shown shown;
    for (const std::string & piece : pieces) {
        const std::string text = stream.push(piece);
        shown.whole = shown.whole && !ends_inside(text);
        shown.text += text;
        if (stream.stopped()) {
            shown.stopped = true;
            break;
        }
    }
    shown.text += stream.flush();
    return shown;
}

std::vector<std::string> split(const std::string & text, size_t first, size_t second) {
    return {text.substr(0, first), text.substr(first, second - first), text.substr(second)};
}

void characters_are_never_cut(Report & report) {
    const std::string text = "a\xC3\xA9 \xE2\x82\xAC\xF0\x9F\x90\xB6z\xF0\x9F\x90\xB6";  // é € dog dog
    bool complete = true;
    bool whole = true;
    for (size_t first = 0; first <= text.size(); ++first) {
        for (size_t second = first; second <= text.size(); ++second) {
            const Shown shown = show(split(text, first, second), {});
            complete = complete && shown.text == text && !shown.stopped;
            whole = whole && shown.whole;
        }
    }
    std::vector<std::string> bytes;
    for (const char character : text) {
        bytes.emplace_back(1, character);
    }
    const Shown byte_by_byte = show(bytes, {"nothing"});
    report.holds("split in any two places, the text comes out whole", complete && byte_by_byte.text == text);
    report.holds("split in any two places, no character is cut", whole && byte_by_byte.whole);
}

// The first place where a stop string begins, of those that are complete first: cut there.
void stop_strings_are_found_across_tokens(Report & report) {
    const std::string text = "Hello there.\nUser: more \xE2\x82\xAC";
    bool found = true;
    bool missed_none = true;
    for (size_t first = 0; first <= text.size(); ++first) {
        for (size_t second = first; second <= text.size(); ++second) {
            const Shown shown = show(split(text, first, second), {"\nUser:", "never"});
            found = found && shown.stopped && shown.text == "Hello there.";
            const Shown other = show(split(text, first, second), {"\nUser!", "morf", "\xE2\x82\xAD"});
            missed_none = missed_none && !other.stopped && other.text == text;
        }
    }
    report.holds("a stop string is found however it is split, and dropped with what follows", found);
    report.holds("the beginning of a stop string that goes on otherwise is shown", missed_none);
    report.holds("the earliest of several stop strings wins", show({"one two three"}, {"three", "two"}).text == "one ");
    report.holds("a stop string whose beginning repeats is found", show({"aa", "ab"}, {"aab"}).text == "a" && show({"ab", "ab", "ac"}, {"abac"}).text == "ab");
    report.holds("empty stop strings are ignored", show({"a", "", "b"}, {""}).text == "ab" && !show({"a", "b"}, {"", ""}).stopped);
    report.holds("a stop string at once gives no text", show({"stop", "x"}, {"stop"}).text.empty());
    report.holds("a stop string of half a character works", show({"\xC3", "\xA9", "x"}, {"\xC3\xA9"}).text.empty());
}

void invalid_bytes_pass_through(Report & report) {
    bool all = true;
    bool soon = true;
    for (int byte = 0x80; byte <= 0xFF; ++byte) {
        const std::string bad(1, static_cast<char>(byte));
        all =
            all && show({bad}, {}).text == bad && show({"a", bad, "b"}, {"zz"}).text == "a" + bad + "b" && show({bad, bad, bad, bad, bad}, {}).text == bad + bad + bad + bad + bad;
        TextStream stream({});
        std::string shown = stream.push(bad);
        shown += stream.push("b");  // what cannot be a character any more is not held back
        soon = soon && shown == bad + "b";
    }
    report.holds("invalid bytes come out as they came in", all);
    report.holds("invalid bytes are not held back longer than needed", soon);
}

}  // namespace

void check_text_stream(Report & report) {
    report.begin("text");
    characters_are_never_cut(report);
    stop_strings_are_found_across_tokens(report);
    invalid_bytes_pass_through(report);
}

}  // namespace graffiti::selftest
