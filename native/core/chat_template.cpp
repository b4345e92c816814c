#include "chat_template.hpp"

#include "error.hpp"

#include <chat.h>

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

}  // namespace

void ChatTemplate::Free::operator()(common_chat_templates * templates) const {
    common_chat_templates_free(templates);
}

ChatTemplate::ChatTemplate(const Model & model, const std::string & override_template) {
    const char * own = llama_model_chat_template(model.handle(), nullptr);
    const bool plain = override_template == "plain" || (override_template.empty() && own == nullptr);
    try {
        templates_.reset(common_chat_templates_init(model.handle(), plain ? plain_template : override_template).release());
        source_ = common_chat_templates_source(templates_.get());
    } catch (const std::exception & error) {
        throw Error("ERR_MODEL_INVALID", std::string("The chat template cannot be used: ") + error.what() + ". Give a working one with the option chatTemplate");
    }
}

ChatTemplate::~ChatTemplate() = default;

RenderedChat ChatTemplate::render(const std::vector<ChatMessage> & messages, bool add_generation_prompt) const {
    common_chat_templates_inputs inputs;
    inputs.add_generation_prompt = add_generation_prompt;
    inputs.use_jinja = true;
    inputs.force_pure_content = true;
    for (size_t i = 0; i < messages.size(); ++i) {
        common_chat_msg message;
        message.role = messages[i].role;
        message.content = placeholder(i);
        inputs.messages.push_back(std::move(message));
    }
    std::string prompt;
    try {
        prompt = common_chat_templates_apply(templates_.get(), inputs).prompt;
    } catch (const std::exception & error) {
        throw Error("ERR_NATIVE", std::string("The chat template refuses these messages: ") + error.what());
    }

    RenderedChat rendered;
    constexpr std::string_view opening = "\xEE\x80\x80";
    size_t begin = 0;
    for (size_t at = prompt.find(opening); at != std::string::npos; at = prompt.find(opening, begin)) {
        rendered.text.append(prompt, begin, at - begin);
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

}  // namespace graffiti
