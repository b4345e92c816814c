#include "chat_template.hpp"

#include "error.hpp"
#include "plain_tools.hpp"

#include <chat.h>
#include <json-schema-to-grammar.h>

#include <algorithm>
#include <functional>
#include <optional>

namespace graffiti {

namespace {

// The format of small chat models that carry no template: a turn's reply ends with the end token.
constexpr const char * plain_template =
    "{%- for message in messages -%}"
    "{%- if message.role == 'assistant' -%}{{ 'Bot: ' + message.content + eos_token + '\\n' }}"
    "{%- elif message.role == 'user' -%}{{ 'User: ' + message.content + '\\n' }}"
    "{%- else -%}{{ message.content + '\\n' }}"
    "{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ 'Bot:' }}{%- endif -%}";

// Stands for message i while the template runs: private-use characters no text contains.
std::string placeholder(size_t index) {
    return "\xEE\x80\x80" + std::to_string(index) + "\xEE\x80\x81";
}

// Stands inside of a special token's spelling in a text that the template reads itself.
constexpr std::string_view cut_mark = "\xEE\x80\x80|\xEE\x80\x81";

std::string without_cut_marks(std::string text) {
    for (size_t at = text.find(cut_mark); at != std::string::npos; at = text.find(cut_mark, at)) {
        text.erase(at, cut_mark.size());
    }
    return text;
}

// Which message's placeholder begins at `at`, if one does.
std::optional<size_t> placeholder_at(const std::string & prompt, size_t at, size_t messages) {
    const size_t digits = at + placeholder(0).find('0');
    size_t index = 0;
    for (size_t i = digits; i < prompt.size() && prompt[i] >= '0' && prompt[i] <= '9' && index < messages; ++i) {
        index = index * 10 + static_cast<size_t>(prompt[i] - '0');
    }
    const bool exact = index < messages && prompt.compare(at, placeholder(index).size(), placeholder(index)) == 0;
    return exact ? std::optional<size_t>(index) : std::nullopt;
}

// Puts the contents where their placeholders stand. Without `marks` there are no cut marks in it.
RenderedChat fill(const std::string & prompt, const std::vector<ChatMessage> & messages, bool marks) {
    RenderedChat rendered;
    constexpr std::string_view opening = "\xEE\x80\x80";
    size_t begin = 0;
    for (size_t at = prompt.find(opening); at != std::string::npos; at = prompt.find(opening, begin)) {
        rendered.text.append(prompt, begin, at - begin);
        if (marks && prompt.compare(at, cut_mark.size(), cut_mark) == 0) {
            rendered.contents.emplace_back(rendered.text.size(), rendered.text.size() + 1);
            begin = at + cut_mark.size();
            continue;
        }
        // A role, or the template itself, may hold these characters too: then they stand for themselves.
        const std::optional<size_t> index = placeholder_at(prompt, at, messages.size());
        if (!index) {
            rendered.text += opening;
            begin = at + opening.size();
            continue;
        }
        const size_t start = rendered.text.size();
        rendered.text += messages[*index].content;
        rendered.contents.emplace_back(start, rendered.text.size());
        begin = at + placeholder(*index).size();
    }
    rendered.text.append(prompt, begin);
    return rendered;
}

// Where the right side of a rule begins and ends; {npos, npos} without such a rule.
std::pair<size_t, size_t> rule_body(const std::string & grammar, const std::string & name) {
    const std::string head = "\n" + name + " ::= ";
    const size_t at = ("\n" + grammar).find(head);
    if (at == std::string::npos) {
        return {at, at};
    }
    const size_t begin = at + head.size() - 1;
    return {begin, std::min(grammar.find('\n', begin), grammar.size())};
}

// A grammar for replies that are calls from their first token on. llama.cpp's own for required calls lets words come first,
// and a small model never comes to their end; its lazy one names the rules that calls begin with, but may let them be
// none. So: the rules of the first, beginning where the second does. "" where calls do not begin a reply.
std::string grammar_of_calls(const common_chat_params & required, const common_chat_params & lazy) {
    const auto & triggers = lazy.grammar_triggers;
    if (!std::all_of(triggers.begin(), triggers.end(), [](const common_grammar_trigger & trigger) { return trigger.type == COMMON_GRAMMAR_TRIGGER_TYPE_WORD; })) {
        return "";
    }
    std::string calls = "tool-call";  // of formats without a word that they could be known by
    if (lazy.grammar_lazy) {
        const auto [begin, end] = rule_body(lazy.grammar, "root");
        if (begin == std::string::npos) {
            return "";
        }
        calls = lazy.grammar.substr(begin, end - begin);
    }
    for (size_t at = 0; at != std::string::npos;) {
        const size_t next = calls.find(" | ", at);
        if (rule_body(required.grammar, calls.substr(at, next - at)).first == std::string::npos) {
            return "";
        }
        at = next == std::string::npos ? next : next + 3;
    }
    const auto [begin, end] = rule_body(required.grammar, "root");
    return begin == std::string::npos ? "" : required.grammar.substr(0, begin) + calls + required.grammar.substr(end);
}

// A tool to find out with whether a template knows tools.
ToolRequest probe_request() {
    return {{{"probe_tool", "Probes.", R"({"type":"object","properties":{"subject":{"type":"string"}},"required":["subject"]})"}}, true, true};
}

// Throws for the tool whose parameters llama.cpp's converter refuses, if there is one.
void check_parameters(const ToolRequest & request) {
    for (const Tool & tool : request.tools) {
        try {
            json_schema_to_grammar(common_json::parse(tool.parameters));
        } catch (const std::exception & error) {
            throw Error("ERR_NATIVE", "The parameters of the tool '" + tool.name + "' are no JSON schema that can be used: " + error.what());
        }
    }
}

}  // namespace

struct ChatTemplate::Applied {
    common_chat_params parameters;
    bool only_calls = false;
    RenderedChat chat;
};

void ChatTemplate::Free::operator()(common_chat_templates * templates) const {
    common_chat_templates_free(templates);
}

ChatTemplate::ChatTemplate(const Model & model, const std::string & override_template) : special_spellings_(model.special_spellings()) {
    const char * own = llama_model_chat_template(model.handle(), nullptr);
    const bool plain = override_template == "plain" || (override_template.empty() && own == nullptr);
    try {
        templates_.reset(common_chat_templates_init(model.handle(), plain ? plain_template : override_template).release());
        source_ = common_chat_templates_source(templates_.get());
    } catch (const std::exception & error) {
        throw Error("ERR_MODEL_INVALID", std::string("The chat template cannot be used: ") + error.what() + ". Give a working one with the option chatTemplate");
    }
    knows_tools_ = find_out_tools();
}

ChatTemplate::~ChatTemplate() = default;

// Templates differ in too many ways to be asked: one that shows a tool and leads to a grammar for calls knows tools.
bool ChatTemplate::find_out_tools() const {
    common_chat_templates_inputs inputs;
    common_chat_msg message;
    message.role = "user";
    message.content = "Hello.";
    inputs.messages.push_back(message);
    const ToolRequest probe = probe_request();
    inputs.tools.push_back({probe.tools[0].name, probe.tools[0].description, probe.tools[0].parameters});
    inputs.tool_choice = COMMON_CHAT_TOOL_CHOICE_REQUIRED;
    try {
        const common_chat_params parameters = common_chat_templates_apply(templates_.get(), inputs);
        return !parameters.grammar.empty() && parameters.prompt.find(probe.tools[0].name) != std::string::npos;
    } catch (const std::exception &) {
        return false;
    }
}

// A text that the template reads as it is, with a mark inside of every special token's spelling.
std::string ChatTemplate::marked(const std::string & text) const {
    std::vector<size_t> cuts;
    for (const std::string & spelling : special_spellings_) {
        for (size_t at = text.find(spelling); at != std::string::npos; at = text.find(spelling, at + 1)) {
            size_t cut = at + 1;
            while (cut < text.size() && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) {
                ++cut;  // between two characters
            }
            cuts.push_back(cut);
        }
    }
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    std::string result;
    size_t begin = 0;
    for (const size_t cut : cuts) {
        result.append(text, begin, cut - begin).append(cut_mark);
        begin = cut;
    }
    return result.append(text, begin);
}

// The same for every string in a JSON text: what is escaped in it may be a spelling too.
std::string ChatTemplate::marked_json(const std::string & text) const {
    const std::function<common_json(const common_json &)> mark = [&](const common_json & value) -> common_json {
        if (value.is_string()) {
            return common_json::make(marked(value.get<std::string>()));
        }
        if (value.is_array()) {
            common_json items = common_json::array();
            for (const common_json & item : value) {
                items.push_back(mark(item));
            }
            return items;
        }
        if (value.is_object()) {
            common_json members = common_json::object();
            for (const auto & [key, member] : value.items()) {
                members[marked(key)] = mark(member);
            }
            return members;
        }
        return value;
    };
    return mark(common_json::parse(text)).dump();
}

ChatTemplate::Applied ChatTemplate::apply(const std::vector<ChatMessage> & messages, bool add_generation_prompt, const ToolRequest * tools) const {
    common_chat_templates_inputs inputs;
    inputs.add_generation_prompt = add_generation_prompt;
    inputs.use_jinja = true;
    inputs.force_pure_content = tools == nullptr;
    bool marks = tools != nullptr;
    for (size_t i = 0; i < messages.size(); ++i) {
        common_chat_msg message;
        message.role = messages[i].role;
        message.content = placeholder(i);
        // Templates look into results, and ask whether a message with calls has words of its own.
        if (message.role == "tool") {
            message.content = marked(messages[i].content);
            message.tool_call_id = messages[i].call_id;
            message.tool_name = messages[i].name;
            marks = true;
        } else if (!messages[i].calls.empty()) {
            message.content = marked(messages[i].content);
            marks = true;
        }
        for (const ToolCall & call : messages[i].calls) {
            message.tool_calls.push_back({call.name, marked_json(call.arguments), call.id});
        }
        inputs.messages.push_back(std::move(message));
    }
    if (tools) {
        for (const Tool & tool : tools->tools) {
            inputs.tools.push_back({tool.name, marked(tool.description), marked_json(tool.parameters)});
        }
        inputs.parallel_tool_calls = tools->parallel;
        inputs.enable_thinking = !tools->required;  // calls come first
    }
    Applied applied;
    try {
        applied.parameters = common_chat_templates_apply(templates_.get(), inputs);
        if (tools && tools->required) {
            inputs.tool_choice = COMMON_CHAT_TOOL_CHOICE_REQUIRED;
            common_chat_params required = common_chat_templates_apply(templates_.get(), inputs);
            const std::string calls = grammar_of_calls(required, applied.parameters);
            applied.only_calls = !calls.empty();
            applied.parameters = std::move(required);
            if (applied.only_calls) {
                applied.parameters.grammar = calls;
            }
        }
    } catch (const std::exception & error) {
        if (tools) {
            check_parameters(*tools);
        }
        throw Error("ERR_NATIVE", std::string("The chat template refuses these messages: ") + error.what());
    }
    applied.chat = fill(applied.parameters.prompt, messages, marks);
    applied.parameters.grammar = without_cut_marks(std::move(applied.parameters.grammar));
    applied.parameters.parser = without_cut_marks(std::move(applied.parameters.parser));
    return applied;
}

RenderedChat ChatTemplate::render(const std::vector<ChatMessage> & messages, bool add_generation_prompt) const {
    return render_plain(knows_tools_ ? messages : plain_tools::messages(messages, nullptr), add_generation_prompt);
}

// A template sees placeholders where it does not look into the contents, so what it makes of the same roles is the same:
// running it takes a millisecond. Unless it asks for the date.
RenderedChat ChatTemplate::render_plain(const std::vector<ChatMessage> & messages, bool add_generation_prompt) const {
    constexpr size_t most_skeletons = 256;
    const bool looks = std::any_of(messages.begin(), messages.end(), [](const ChatMessage & message) { return message.role == "tool" || !message.calls.empty(); });
    if (looks || source_.find("strftime_now") != std::string::npos) {
        return apply(messages, add_generation_prompt, nullptr).chat;
    }
    std::string roles = add_generation_prompt ? "+" : "-";
    for (const ChatMessage & message : messages) {
        roles.append(message.role).push_back('\0');
    }
    {
        const std::lock_guard lock(skeletons_mutex_);
        const auto known = skeletons_.find(roles);
        if (known != skeletons_.end()) {
            return fill(known->second, messages, false);
        }
    }
    Applied applied = apply(messages, add_generation_prompt, nullptr);
    const std::lock_guard lock(skeletons_mutex_);
    if (skeletons_.size() >= most_skeletons) {
        skeletons_.clear();
    }
    skeletons_.emplace(std::move(roles), std::move(applied.parameters.prompt));
    return std::move(applied.chat);
}

RenderedToolChat ChatTemplate::render(const Model & model, const std::vector<ChatMessage> & messages, const ToolRequest & tools) const {
    if (knows_tools_) {
        Applied applied = apply(messages, true, &tools);
        return {std::move(applied.chat), std::make_shared<ToolFormat>(model, applied.parameters, applied.only_calls, !tools.parallel)};
    }
    check_parameters(tools);
    RenderedChat chat = apply(plain_tools::messages(messages, &tools), true, nullptr).chat;
    return {std::move(chat), std::make_shared<ToolFormat>(model, plain_tools::format(tools), tools.required, !tools.parallel)};
}

std::vector<llama_token> ChatTemplate::tokenize(const Model & model, const RenderedChat & rendered, const KnownText & known) {
    std::vector<llama_token> all;
    size_t begin = 0;
    if (!known.text.empty() && rendered.text.starts_with(known.text)) {
        all = known.tokens;
        begin = known.text.size();
    }
    std::vector<TextRange> untrusted;
    for (const auto & [first, last] : rendered.contents) {
        if (last > begin) {
            untrusted.emplace_back(std::max(first, begin) - begin, last - begin);
        }
    }
    const std::vector<llama_token> rest = model.tokenize(rendered.text.substr(begin), begin == 0, true, untrusted);
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
}

}  // namespace graffiti
