// What a ModelHandle does for replies that may call tools.
#include "convert.hpp"
#include "model_handle.hpp"
#include "promise_worker.hpp"

namespace graffiti::addon {

// renderToolChat(messages, request, knownText, knownTokens) → Promise<{text, tokens, format}>
Napi::Value ModelHandle::render_tool_chat(const Napi::CallbackInfo & info) {
    require_open(info.Env());
    struct Prompt {
        std::string text;
        std::vector<llama_token> tokens;
        std::shared_ptr<const ToolFormat> format;
    };
    return PromiseWorker<Prompt>::start(
        info.Env(),
        [shared = loaded_,
            messages = chat_messages(info[0].As<Napi::Array>()),
            request = tool_request(info[1].As<Napi::Object>()),
            known = KnownText{info[2].As<Napi::String>(), tokens(info[3].As<Napi::Int32Array>())}]() -> Prompt {
            const RenderedToolChat rendered = shared->chat->render(*shared->model, messages, request);
            return {rendered.chat.text, ChatTemplate::tokenize(*shared->model, rendered.chat, known), rendered.format};
        },
        [](Napi::Env env, Prompt & prompt) -> Napi::Value {
            Napi::Object object = Napi::Object::New(env);
            object.Set("text", prompt.text);
            object.Set("tokens", to_js(env, prompt.tokens));
            object.Set("format", to_js(env, prompt.format));
            return object;
        });
}

// readToolReply(format, text, partial) → Promise<{content, calls}>
Napi::Value ModelHandle::read_tool_reply(const Napi::CallbackInfo & info) {
    require_open(info.Env());
    return guarded(info.Env(), [&]() -> Napi::Value {
        return PromiseWorker<ToolReply>::start(
            info.Env(),
            [format = tool_format(info.Env(), info[0]), text = info[1].As<Napi::String>().Utf8Value(), partial = info[2].As<Napi::Boolean>().Value()] {
                return format->read(text, partial);
            },
            [](Napi::Env env, ToolReply & reply) { return to_js(env, reply); });
    });
}

}  // namespace graffiti::addon
