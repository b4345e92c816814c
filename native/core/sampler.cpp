#include "sampler.hpp"

#include "backend.hpp"
#include "error.hpp"

#include <json-schema-to-grammar.h>
#include <sampling.h>

namespace graffiti {

namespace {

// Parsed once before the chain is built: llama.cpp leaks a chain whose grammar does not parse.
void check_grammar(const Model & model, const std::string & grammar) {
    if (grammar.empty()) {
        return;
    }
    const std::unique_ptr<llama_sampler, decltype(&llama_sampler_free)> parsed(llama_sampler_init_grammar(model.vocabulary(), grammar.c_str(), "root"), llama_sampler_free);
    if (!parsed) {
        throw Error("ERR_NATIVE", take_backend_errors());
    }
}

}  // namespace

void Sampler::Free::operator()(common_sampler * sampler) const {
    common_sampler_free(sampler);
}

Sampler::Sampler(const Model & model, const SamplingOptions & options) {
    common_params_sampling parameters;
    parameters.seed = options.seed;
    parameters.temp = options.temperature;
    parameters.top_k = options.top_k;
    parameters.top_p = options.top_p;
    parameters.min_p = options.min_p;
    parameters.penalty_repeat = options.repetition_penalty;
    parameters.penalty_freq = options.frequency_penalty;
    parameters.penalty_present = options.presence_penalty;
    parameters.penalty_last_n = options.penalty_tokens;
    parameters.no_perf = true;
    for (const auto & [token, bias] : options.logit_bias) {
        parameters.logit_bias.push_back({token, bias});
    }
    try {
        if (options.tool_format) {
            options.tool_format->constrain(parameters);
        } else if (!options.json_schema.empty()) {
            parameters.grammar = {COMMON_GRAMMAR_TYPE_OUTPUT_FORMAT, json_schema_to_grammar(common_json::parse(options.json_schema))};
        } else if (!options.grammar.empty()) {
            parameters.grammar = {COMMON_GRAMMAR_TYPE_USER, options.grammar};
        }
        take_backend_errors();
        check_grammar(model, parameters.grammar.grammar);
        sampler_.reset(common_sampler_init(model.handle(), parameters));
    } catch (const std::exception & error) {
        throw Error("ERR_NATIVE", std::string("The grammar or JSON schema cannot be used: ") + error.what());
    }
    if (!sampler_) {
        throw Error("ERR_NATIVE", "The grammar or JSON schema cannot be used: " + take_backend_errors());
    }
}

llama_token Sampler::sample(llama_context * context, int32_t index) {
    const llama_token token = common_sampler_sample(sampler_.get(), context, index);
    common_sampler_accept(sampler_.get(), token, true);
    return token;
}

void Sampler::accept_prompt(llama_token token) {
    common_sampler_accept(sampler_.get(), token, false);
}

}  // namespace graffiti
