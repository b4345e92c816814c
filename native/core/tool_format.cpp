#include "tool_format.hpp"

#include <chat.h>

#include <algorithm>
#include <optional>
#include <set>

namespace graffiti {

namespace {

// The one token that a text is in the vocabulary, if it is one.
std::optional<llama_token> single_token(const Model & model, const std::string & text) {
    const std::vector<llama_token> tokens = model.tokenize(text, false, true);
    return tokens.size() == 1 ? std::optional(tokens.front()) : std::nullopt;
}

}  // namespace

struct ToolFormat::Parts {
    std::string grammar;
    bool lazy = false;
    bool only_calls = false;
    bool single = false;
    std::string generation_prompt;
    std::vector<common_grammar_trigger> triggers;
    std::set<llama_token> preserved;
    std::vector<std::string> stops;
    common_chat_parser_params parser;
};

ToolFormat::ToolFormat(const Model & model, const common_chat_params & parameters, bool only_calls, bool single) {
    auto parts = std::make_unique<Parts>();
    parts->grammar = parameters.grammar;
    parts->lazy = parameters.grammar_lazy;
    parts->only_calls = only_calls;
    parts->single = single;
    parts->generation_prompt = parameters.generation_prompt;
    parts->stops = parameters.additional_stops;
    parts->parser = common_chat_parser_params(parameters);
    if (!parameters.parser.empty()) {
        parts->parser.parser.load(parameters.parser);
    }
    for (const std::string & text : parameters.preserved_tokens) {
        if (const auto token = single_token(model, text)) {
            parts->preserved.insert(*token);
        }
    }
    for (common_grammar_trigger trigger : parameters.grammar_triggers) {
        // A trigger that is a token of its own has no spelling in the text that the grammar watches.
        if (trigger.type == COMMON_GRAMMAR_TRIGGER_TYPE_WORD) {
            const auto token = single_token(model, trigger.value);
            if (token && parts->preserved.contains(*token)) {
                trigger.type = COMMON_GRAMMAR_TRIGGER_TYPE_TOKEN;
                trigger.token = *token;
            }
        }
        parts->triggers.push_back(std::move(trigger));
    }
    parts_ = std::move(parts);
}

ToolFormat::~ToolFormat() = default;

void ToolFormat::constrain(common_params_sampling & parameters) const {
    if (parts_->grammar.empty() || (parts_->lazy && parts_->triggers.empty())) {
        return;
    }
    parameters.grammar = {COMMON_GRAMMAR_TYPE_TOOL_CALLS, parts_->grammar};
    parameters.grammar_lazy = parts_->lazy;
    parameters.grammar_triggers = parts_->triggers;
    parameters.preserved_tokens = parts_->preserved;
    if (!parts_->only_calls) {
        parameters.generation_prompt = parts_->generation_prompt;  // which the grammar begins with
    }
}

bool ToolFormat::shows(llama_token token) const {
    return parts_->preserved.contains(token);
}

const std::vector<std::string> & ToolFormat::stops() const {
    return parts_->stops;
}

ToolReply ToolFormat::read(const std::string & text, bool partial) const {
    const auto parsed = [&](bool more) -> std::optional<common_chat_msg> {
        try {
            return common_chat_parse(text, more, parts_->parser);
        } catch (const std::exception &) {
            return std::nullopt;  // the parser's way to say that the text is not of its format
        }
    };
    std::optional<common_chat_msg> message = parsed(partial);
    if (!message && !partial) {
        message = parsed(true);  // cut short, by maxTokens or a stop
    }
    if (!message) {
        return {text, {}};
    }
    // Words before calls that nothing may stand before are the template's, which may begin a reply by itself.
    ToolReply reply{parts_->only_calls ? std::string() : std::move(message->content), {}};
    if (parts_->single && message->tool_calls.size() > 1) {
        message->tool_calls.resize(1);
    }
    for (common_chat_tool_call & call : message->tool_calls) {
        reply.calls.push_back({std::move(call.id), std::move(call.name), std::move(call.arguments)});
    }
    return reply;
}

}  // namespace graffiti
