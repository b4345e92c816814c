// The engrams' part of ModelHandle: texts in, low-rank matrices out; adapters as opaque handles.
#include "convert.hpp"
#include "engram.hpp"
#include "model_handle.hpp"
#include "progress_channel.hpp"
#include "promise_worker.hpp"
#include "teach.hpp"
#include "weights_file.hpp"

#include <algorithm>

namespace graffiti::addon {

namespace {

constexpr napi_type_tag adapter_tag = {0x6772616666697469ULL, 0x61646170746572ULL};

using AdapterPointer = std::shared_ptr<const Adapter>;

Napi::Value to_js(Napi::Env env, const AdapterPointer & adapter) {
    auto holder = std::make_unique<AdapterPointer>(adapter);
    const auto external = Napi::External<AdapterPointer>::New(env, holder.get(), [](Napi::Env, AdapterPointer * held) { const std::unique_ptr<AdapterPointer> owner(held); });
    static_cast<void>(holder.release());
    external.TypeTag(&adapter_tag);
    return external;
}

std::vector<AnswerText> answer_texts(const Napi::Array & values) {
    std::vector<AnswerText> texts;
    for (uint32_t i = 0; i < values.Length(); ++i) {
        const auto text = values.Get(i).As<Napi::Object>();
        texts.push_back({tokens(text.Get("tokens").As<Napi::Int32Array>()), static_cast<size_t>(text.Get("first").As<Napi::Number>().Int64Value())});
    }
    return texts;
}

EngramRequest engram_request(const Napi::Object & options) {
    EngramRequest request;
    request.target = answer_texts(options.Get("target").As<Napi::Array>());
    request.rest = answer_texts(options.Get("rest").As<Napi::Array>());
    request.weights = options.Get("weights").As<Napi::String>().Utf8Value();
    request.method = options.Get("method").As<Napi::String>().Utf8Value() == "paper" ? EngramMethod::paper : EngramMethod::filtered;
    const std::string scaling = options.Get("scaling").As<Napi::String>().Utf8Value();
    request.scaling = scaling == "norm" ? EngramScaling::norm : scaling == "rank" ? EngramScaling::rank : EngramScaling::plain;
    request.rank = static_cast<size_t>(options.Get("rank").As<Napi::Number>().Int64Value());
    return request;
}

Napi::Value to_js(Napi::Env env, const EngramWeight & engram) {
    Napi::Object object = Napi::Object::New(env);
    const auto number = [&](const char * name, double value) { object.Set(name, value); };
    object.Set("name", engram.weight.name);
    number("inputs", static_cast<double>(engram.weight.inputs));
    number("outputs", static_cast<double>(engram.weight.outputs));
    number("experts", static_cast<double>(engram.weight.experts));
    number("rank", static_cast<double>(engram.rank));
    object.Set("a", addon::to_js(env, engram.a));
    object.Set("b", addon::to_js(env, engram.b));
    object.Set("spectrum", addon::to_js(env, engram.spectrum));
    number("kept", static_cast<double>(engram.kept));
    number("meanLeverage", engram.mean_leverage);
    number("targetTokens", static_cast<double>(engram.target_tokens));
    number("referenceTokens", static_cast<double>(engram.reference_tokens));
    number("scale", engram.scale);
    object.Set("dual", engram.dual);
    return object;
}

}  // namespace

std::shared_ptr<const Adapter> adapter(Napi::Env env, const Napi::Value & value) {
    if (value.IsNull() || value.IsUndefined()) {
        return nullptr;
    }
    if (value.IsExternal()) {
        const auto external = value.As<Napi::External<AdapterPointer>>();
        if (external.CheckTypeTag(&adapter_tag)) {
            return *external.Data();
        }
    }
    throw make_error(env, "ERR_NATIVE", "This is no adapter");
}

// extractEngram({target, rest, weights, method, scaling, rank}, onProgress) → {promise: Promise<[weight]>, abort}
Napi::Value ModelHandle::extract_engram(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    auto channel = std::make_shared<ProgressChannel>(info.Env(), info[1].As<Napi::Function>());
    const auto promise = PromiseWorker<std::vector<EngramWeight>>::start(
        info.Env(),
        [shared = loaded_, channel, request = engram_request(info[0].As<Napi::Object>()), options = loaded.engine->options()] {
            return graffiti::extract_engram(*shared->model, request, options.context_tokens, options.threads, [&](float fraction) { return channel->report(fraction); });
        },
        [](Napi::Env env, std::vector<EngramWeight> & engrams) -> Napi::Value {
            Napi::Array array = Napi::Array::New(env, engrams.size());
            for (size_t i = 0; i < engrams.size(); ++i) {
                array.Set(static_cast<uint32_t>(i), to_js(env, engrams[i]));
            }
            return array;
        });
    return abortable(info.Env(), promise, channel);
}

// recordLayers(texts, weights) → Promise<[{name, inputs, outputs, x, y, experts}]>
Napi::Value ModelHandle::record_layers(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    return PromiseWorker<std::vector<LayerRecord>>::start(
        info.Env(),
        [shared = loaded_, texts = answer_texts(info[0].As<Napi::Array>()), weights = info[1].As<Napi::String>().Utf8Value(), options = loaded.engine->options()] {
            return graffiti::record_layers(*shared->model, texts, weights, options.context_tokens, options.threads);
        },
        [](Napi::Env env, std::vector<LayerRecord> & records) -> Napi::Value {
            Napi::Array array = Napi::Array::New(env, records.size());
            for (size_t i = 0; i < records.size(); ++i) {
                Napi::Object object = Napi::Object::New(env);
                object.Set("name", records[i].weight.name);
                object.Set("inputs", static_cast<double>(records[i].weight.inputs));
                object.Set("outputs", static_cast<double>(records[i].weight.outputs));
                object.Set("x", addon::to_js(env, records[i].inputs));
                object.Set("y", addon::to_js(env, records[i].outputs));
                object.Set("experts", addon::to_js(env, records[i].experts));
                array.Set(static_cast<uint32_t>(i), object);
            }
            return array;
        });
}

// readWeight(name) → Promise<Float32Array>
Napi::Value ModelHandle::read_weight(const Napi::CallbackInfo & info) {
    require_open(info.Env());
    return PromiseWorker<std::vector<float>>::start(
        info.Env(),
        [shared = loaded_, name = info[0].As<Napi::String>().Utf8Value()] { return read_tensor(shared->model->path(), name); },
        [](Napi::Env env, std::vector<float> & values) -> Napi::Value { return addon::to_js(env, values); });
}

// teach({told, kept, epochs, rate, until}, copy, onProgress) → {promise: Promise<{weight, before, after, epochs}>, abort};
// the taught model is written to the file `copy`
Napi::Value ModelHandle::teach(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    const auto options = info[0].As<Napi::Object>();
    TeachOptions teaching;
    teaching.epochs = static_cast<size_t>(options.Get("epochs").As<Napi::Number>().Int64Value());
    teaching.rate = options.Get("rate").As<Napi::Number>().DoubleValue();
    teaching.until = options.Get("until").As<Napi::Number>().DoubleValue();
    teaching.threads = loaded.engine->options().threads;
    auto channel = std::make_shared<ProgressChannel>(info.Env(), info[2].As<Napi::Function>());
    const auto promise = PromiseWorker<Taught>::start(
        info.Env(),
        [shared = loaded_,
            channel,
            teaching,
            told = answer_texts(options.Get("told").As<Napi::Array>()),
            kept = answer_texts(options.Get("kept").As<Napi::Array>()),
            copy = info[1].As<Napi::String>().Utf8Value(),
            context_tokens = loaded.engine->options().context_tokens] {
            Taught taught = teach_last_layer(*shared->model, told, kept, teaching, context_tokens, [&](float fraction) { return channel->report(fraction); });
            write_model_copy(shared->model->path(), copy, {{taught.weight, taught.values}});
            return taught;
        },
        [](Napi::Env env, Taught & taught) -> Napi::Value {
            Napi::Object object = Napi::Object::New(env);
            object.Set("weight", taught.weight);
            object.Set("before", taught.before);
            object.Set("after", taught.after);
            object.Set("epochs", static_cast<double>(taught.epochs));
            return object;
        });
    return abortable(info.Env(), promise, channel);
}

// loadAdapter(bytes) → Promise<handle>
Napi::Value ModelHandle::load_adapter(const Napi::CallbackInfo & info) {
    require_open(info.Env());
    const auto bytes = info[0].As<Napi::Uint8Array>();
    return PromiseWorker<AdapterPointer>::start(
        info.Env(),
        [shared = loaded_, file = std::vector<uint8_t>(bytes.Data(), bytes.Data() + bytes.ByteLength())]() mutable { return shared->engine->load_adapter(std::move(file)); },
        [](Napi::Env env, AdapterPointer & loaded) { return to_js(env, loaded); });
}

// setAdapter(session, handle | null)
Napi::Value ModelHandle::set_adapter(const Napi::CallbackInfo & info) {
    const Loaded & loaded = require_open(info.Env());
    loaded.engine->set_adapter(info[0].As<Napi::Number>(), adapter(info.Env(), info[1]));
    return info.Env().Undefined();
}

}  // namespace graffiti::addon
