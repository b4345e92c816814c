#include "convert.hpp"

#include "error.hpp"
#include "promise_worker.hpp"

#include <cstring>
#include <memory>

namespace graffiti::addon {

namespace {

constexpr napi_type_tag night_tag = {0x6e657572616c2d67ULL, 0x6e69676874ULL};
constexpr napi_type_tag spray_tag = {0x6e657572616c2d67ULL, 0x737072617920ULL};
constexpr napi_type_tag tool_format_tag = {0x6e657572616c2d67ULL, 0x746f6f6c666d74ULL};
constexpr napi_type_tag sampler_tag = {0x6e657572616c2d67ULL, 0x73616d706c6572ULL};

double number(const Napi::Object & object, const char * key) {
    return object.Get(key).As<Napi::Number>().DoubleValue();
}
float real(const Napi::Object & object, const char * key) {
    return static_cast<float>(number(object, key));
}
std::string text(const Napi::Object & object, const char * key) {
    return object.Get(key).As<Napi::String>().Utf8Value();
}

std::vector<std::string> texts(const Napi::Object & object, const char * key) {
    const auto array = object.Get(key).As<Napi::Array>();
    std::vector<std::string> values;
    for (uint32_t i = 0; i < array.Length(); ++i) {
        values.push_back(array.Get(i).As<Napi::String>().Utf8Value());
    }
    return values;
}

const char * name_of(FinishReason reason) {
    switch (reason) {
        case FinishReason::end: return "end";
        case FinishReason::stop: return "stop";
        case FinishReason::length: return "length";
        case FinishReason::context: return "context";
        case FinishReason::abort: return "abort";
        case FinishReason::error: return "error";
    }
    return "error";
}

}  // namespace

ModelOptions model_options(const Napi::Object & options) {
    return {text(options, "path"), text(options, "device"), static_cast<int>(number(options, "gpuLayers"))};
}

EngineOptions engine_options(const Napi::Object & options) {
    EngineOptions result;
    result.context_tokens = static_cast<uint32_t>(number(options, "contextSize"));
    result.sequences = static_cast<uint32_t>(number(options, "sessions"));
    result.threads = static_cast<int>(number(options, "threads"));
    result.queue_limit = static_cast<size_t>(number(options, "queueLimit"));
    return result;
}

SamplingOptions sampling_options(const Napi::Object & options) {
    SamplingOptions sampling;
    sampling.temperature = real(options, "temperature");
    sampling.top_k = static_cast<int32_t>(number(options, "topK"));
    sampling.top_p = real(options, "topP");
    sampling.min_p = real(options, "minP");
    sampling.repetition_penalty = real(options, "repetitionPenalty");
    sampling.frequency_penalty = real(options, "frequencyPenalty");
    sampling.presence_penalty = real(options, "presencePenalty");
    sampling.penalty_tokens = static_cast<int32_t>(number(options, "penaltyTokens"));
    sampling.seed = static_cast<uint32_t>(number(options, "seed"));
    sampling.grammar = text(options, "grammar");
    sampling.json_schema = text(options, "jsonSchema");
    sampling.tool_format = tool_format(options.Env(), options.Get("toolFormat"));
    const auto bias = options.Get("logitBias").As<Napi::Array>();
    for (uint32_t i = 0; i < bias.Length(); ++i) {
        const auto pair = bias.Get(i).As<Napi::Array>();
        sampling.logit_bias.emplace_back(pair.Get(0U).As<Napi::Number>().Int32Value(), pair.Get(1U).As<Napi::Number>().FloatValue());
    }
    return sampling;
}

GenerateRequest generate_request(const Napi::Object & options) {
    GenerateRequest request;
    request.session = static_cast<uint32_t>(number(options, "session"));
    request.prompt = tokens(options.Get("tokens").As<Napi::Int32Array>());
    request.max_tokens = static_cast<uint32_t>(number(options, "maxTokens"));
    request.stops = texts(options, "stop");
    request.influence = options.Get("influence").As<Napi::Boolean>();
    request.movers = static_cast<uint32_t>(number(options, "movers"));
    request.sources = static_cast<uint32_t>(number(options, "sources"));
    request.top_logprobs = static_cast<uint32_t>(number(options, "topLogprobs"));
    request.sampling = sampling_options(options);
    if (request.sampling.tool_format) {
        const auto & stops = request.sampling.tool_format->stops();
        request.stops.insert(request.stops.end(), stops.begin(), stops.end());
    }
    const auto copies = options.Get("copies").As<Napi::Array>();
    for (uint32_t i = 0; i < copies.Length(); ++i) {
        const auto path = copies.Get(i).As<Napi::Object>();
        request.copies.push_back({tokens(path.Get("tokens").As<Napi::Int32Array>()), path.Get("anchored").As<Napi::Boolean>(), real(path, "first"), real(path, "next")});
    }
    return request;
}

SprayRequest spray_request(const Napi::Object & options) {
    SprayRequest request;
    request.writer = writer(text(options, "writer"));
    request.target_kl = number(options, "targetKl");
    request.kl_limit = real(options, "klLimit");
    const auto sources = options.Get("sources").As<Napi::Array>();
    for (uint32_t i = 0; i < sources.Length(); ++i) {
        const auto source = sources.Get(i).As<Napi::Object>();
        const auto vector = source.Get("vector").As<Napi::Float32Array>();
        request.sources.push_back({static_cast<int64_t>(number(source, "id")), real(source, "weight"), {vector.Data(), vector.Data() + vector.ElementLength()}, 0.0});
    }
    return request;
}

std::vector<ChatMessage> chat_messages(const Napi::Array & messages) {
    std::vector<ChatMessage> result;
    for (uint32_t i = 0; i < messages.Length(); ++i) {
        const auto message = messages.Get(i).As<Napi::Object>();
        ChatMessage converted{text(message, "role"), text(message, "content")};
        if (message.Has("toolCalls")) {
            const auto calls = message.Get("toolCalls").As<Napi::Array>();
            for (uint32_t call = 0; call < calls.Length(); ++call) {
                const auto object = calls.Get(call).As<Napi::Object>();
                converted.calls.push_back({text(object, "id"), text(object, "name"), text(object, "arguments")});
            }
        }
        if (message.Has("toolCallId")) {
            converted.call_id = text(message, "toolCallId");
            converted.name = text(message, "toolName");
        }
        result.push_back(std::move(converted));
    }
    return result;
}

ToolRequest tool_request(const Napi::Object & request) {
    ToolRequest result;
    const auto tools = request.Get("tools").As<Napi::Array>();
    for (uint32_t i = 0; i < tools.Length(); ++i) {
        const auto tool = tools.Get(i).As<Napi::Object>();
        result.tools.push_back({text(tool, "name"), text(tool, "description"), text(tool, "parameters")});
    }
    result.required = request.Get("required").As<Napi::Boolean>();
    result.parallel = request.Get("parallel").As<Napi::Boolean>();
    return result;
}

std::vector<llama_token> tokens(const Napi::Int32Array & values) {
    return {values.Data(), values.Data() + values.ElementLength()};
}

std::vector<float> floats(const Napi::Value & value) {
    const auto array = value.As<Napi::Float32Array>();
    return {array.Data(), array.Data() + array.ElementLength()};
}

namespace {

template <typename Held> std::shared_ptr<Held> from_handle(Napi::Env env, const Napi::Value & value, const napi_type_tag & tag, const char * otherwise) {
    if (value.IsNull()) {
        return nullptr;
    }
    if (value.IsExternal()) {
        const auto external = value.As<Napi::External<std::shared_ptr<Held>>>();
        if (external.CheckTypeTag(&tag)) {
            return *external.Data();
        }
    }
    throw make_error(env, "ERR_NATIVE", otherwise);
}

template <typename Held> Napi::Value to_handle(Napi::Env env, const std::shared_ptr<Held> & held, const napi_type_tag & tag) {
    // Owned by the collector of JavaScript values, which calls the finaliser.
    auto holder = std::make_unique<std::shared_ptr<Held>>(held);
    const auto external =
        Napi::External<std::shared_ptr<Held>>::New(env, holder.get(), [](Napi::Env, std::shared_ptr<Held> * owned) { const std::unique_ptr<std::shared_ptr<Held>> owner(owned); });
    static_cast<void>(holder.release());
    external.TypeTag(&tag);
    return external;
}

}  // namespace

std::shared_ptr<Night> night(Napi::Env env, const Napi::Value & value) {
    return from_handle<Night>(env, value, night_tag, "This is no night");
}

Napi::Value to_js(Napi::Env env, const std::shared_ptr<Night> & night) {
    return to_handle(env, night, night_tag);
}

std::shared_ptr<const Spray> spray(Napi::Env env, const Napi::Value & value) {
    return from_handle<const Spray>(env, value, spray_tag, "This is no spray");
}

Napi::Value to_js(Napi::Env env, const std::shared_ptr<const Spray> & spray) {
    return to_handle(env, spray, spray_tag);
}

std::shared_ptr<PreparedSampler> prepared_sampler(Napi::Env env, const Napi::Value & value) {
    return from_handle<PreparedSampler>(env, value, sampler_tag, "This is no sampler");
}

Napi::Value to_js(Napi::Env env, const std::shared_ptr<PreparedSampler> & sampler) {
    return to_handle(env, sampler, sampler_tag);
}

std::shared_ptr<const ToolFormat> tool_format(Napi::Env env, const Napi::Value & value) {
    return from_handle<const ToolFormat>(env, value, tool_format_tag, "This is no tool format");
}

Napi::Value to_js(Napi::Env env, const std::shared_ptr<const ToolFormat> & format) {
    return to_handle(env, format, tool_format_tag);
}

Napi::Value to_js(Napi::Env env, const ToolReply & reply) {
    Napi::Array calls = Napi::Array::New(env, reply.calls.size());
    for (size_t i = 0; i < reply.calls.size(); ++i) {
        Napi::Object call = Napi::Object::New(env);
        call.Set("id", reply.calls[i].id);
        call.Set("name", reply.calls[i].name);
        call.Set("arguments", reply.calls[i].arguments);
        calls.Set(static_cast<uint32_t>(i), call);
    }
    Napi::Object object = Napi::Object::New(env);
    object.Set("content", reply.content);
    object.Set("calls", calls);
    return object;
}

Writer writer(const std::string & name) {
    if (name == "gradient") return Writer::gradient;
    if (name == "mean") return Writer::mean;
    if (name == "random") return Writer::random;
    if (name == "notebook") return Writer::notebook;
    throw Error("ERR_NATIVE", "Unknown writer '" + name + "'");
}

Napi::Value to_js(Napi::Env env, const FinishEvent & finish) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("request", static_cast<double>(finish.request));
    object.Set("finish", name_of(finish.reason));
    object.Set("text", finish.text);
    object.Set("code", finish.code);
    object.Set("message", finish.message);
    object.Set("promptTokens", finish.prompt_tokens);
    object.Set("cachedTokens", finish.cached_tokens);
    object.Set("promptSeconds", finish.prompt_seconds);
    object.Set("replySeconds", finish.reply_seconds);
    return object;
}

Napi::Value to_js(Napi::Env env, const std::vector<float> & values) {
    Napi::Float32Array array = Napi::Float32Array::New(env, values.size());
    std::memcpy(array.Data(), values.data(), values.size() * sizeof(float));
    return array;
}

Napi::Value to_js(Napi::Env env, const std::vector<llama_token> & values) {
    Napi::Int32Array array = Napi::Int32Array::New(env, values.size());
    std::memcpy(array.Data(), values.data(), values.size() * sizeof(llama_token));
    return array;
}

Napi::Value to_js(Napi::Env env, const EncodedText & encoded) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("spray", to_js(env, encoded.spray));
    object.Set("key", to_js(env, encoded.key));
    return object;
}

Napi::Value to_js(Napi::Env env, const Scores & scores) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("base", to_js(env, scores.base));
    object.Set("sprayed", to_js(env, scores.sprayed));
    object.Set("kl", to_js(env, scores.kl));
    object.Set("final", to_js(env, scores.final));
    return object;
}

Napi::Value to_js(Napi::Env env, const InfluenceErrors & errors) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("maxError", errors.max_error);
    object.Set("meanError", errors.mean_error);
    object.Set("klError", errors.kl_error);
    object.Set("meanKl", errors.mean_kl);
    object.Set("tokens", static_cast<double>(errors.tokens));
    return object;
}

}  // namespace graffiti::addon
