#include "plain_tools.hpp"

#include <chat-peg-parser.h>
#include <chat.h>
#include <json-schema-to-grammar.h>

namespace graffiti::plain_tools {

namespace {

constexpr const char * opening = "{\"tool_calls\": [";
constexpr const char * closing = "]}";

// Calls after the first, where several are allowed: a small model does not know when to stop.
constexpr int most_further_calls = 3;

std::string call_text(const std::string & name, const std::string & arguments) {
    return "{\"name\": \"" + name + "\", \"arguments\": " + arguments + "}";
}

std::string calls_text(const std::vector<ToolCall> & calls) {
    std::string text;
    for (const ToolCall & call : calls) {
        text += (text.empty() ? "" : ", ") + call_text(call.name, call.arguments);
    }
    return opening + text + closing;
}

std::string instruction(const ToolRequest & request) {
    std::string text = std::string("You have tools. To call one, reply with ") + opening + call_text("…", "{…}") + closing + " and nothing else.";
    for (const Tool & tool : request.tools) {
        text += "\n" + common_json{{"name", tool.name}, {"description", tool.description}, {"parameters", common_json::parse(tool.parameters)}}.dump();
    }
    return text;
}

}  // namespace

std::vector<ChatMessage> messages(const std::vector<ChatMessage> & messages, const ToolRequest * tools) {
    std::vector<ChatMessage> plain;
    if (tools) {
        plain.push_back({"system", instruction(*tools)});
    }
    for (const ChatMessage & message : messages) {
        if (message.role == "tool") {
            plain.push_back({"user", "Result of the tool" + (message.name.empty() ? "" : " " + message.name) + ": " + message.content});
        } else if (!message.calls.empty()) {
            plain.push_back({message.role, message.content + (message.content.empty() ? "" : "\n") + calls_text(message.calls)});
        } else if (message.role == "system" && plain.size() == 1 && plain.front().role == "system") {
            plain.front().content += "\n\n" + message.content;  // templates that know one system prompt know one
        } else {
            plain.push_back(message);
        }
    }
    return plain;
}

common_chat_params format(const ToolRequest & tools) {
    const common_peg_arena parser = build_chat_peg_parser([&](common_chat_peg_builder & p) {
        common_peg_parser call = p.choice();
        for (const Tool & tool : tools.tools) {
            const auto schema = common_json::parse(tool.parameters);
            const auto open = p.tool_open(p.literal("{\"name\": \"") + p.tool_name(p.literal(tool.name)) + p.literal("\", \"arguments\": "));
            const auto arguments = p.tool_args(p.schema(p.json(), "tool-" + tool.name + "-schema", schema));
            call |= p.rule("tool-" + tool.name, p.tool(open + arguments + p.tool_close(p.literal("}"))));
        }
        const auto more = tools.parallel ? p.repeat(p.literal(", ") + call, 0, most_further_calls) : p.eps();
        const auto calls = p.trigger_rule("tool-calls", p.literal(opening) + call + more + p.literal(closing));
        return tools.required ? calls + p.end() : p.optional(p.content(p.until(opening))) + p.optional(calls) + p.end();
    });
    common_chat_params parameters;
    parameters.format = COMMON_CHAT_FORMAT_PEG_NATIVE;
    parameters.grammar_lazy = !tools.required;
    parameters.grammar = build_grammar([&](const common_grammar_builder & builder) { parser.build_grammar(builder, parameters.grammar_lazy); });
    if (parameters.grammar_lazy) {
        parameters.grammar_triggers = {{COMMON_GRAMMAR_TRIGGER_TYPE_WORD, opening}};
    }
    parameters.parser = parser.save();
    return parameters;
}

}  // namespace graffiti::plain_tools
