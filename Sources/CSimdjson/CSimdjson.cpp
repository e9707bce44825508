#include "CSimdjson.h"

#include <cstring>
#include <new>
#include <simdjson.h>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace simdjson;

namespace {

// A node is simdjson's own handle kept as bytes; copying trivially copyable objects this way is well defined.
template <typename Handle>
ztjson_node pack(const Handle &handle) noexcept {
    static_assert(sizeof(Handle) == sizeof(ztjson_node), "simdjson's handles changed size");
    static_assert(std::is_trivially_copyable_v<Handle>, "simdjson's handles are no longer plain");
    ztjson_node node;
    std::memcpy(&node, &handle, sizeof node);
    return node;
}

template <typename Handle>
Handle unpack(ztjson_node node) noexcept {
    Handle handle;
    std::memcpy(static_cast<void *>(&handle), &node, sizeof node);
    return handle;
}

dom::element element_of(ztjson_node node) noexcept { return unpack<dom::element>(node); }

ztjson_status status_of(error_code error) noexcept {
    switch (error) {
    case SUCCESS: return ZTJSON_OK;
    case UTF8_ERROR: return ZTJSON_INVALID_UTF8;
    case NUMBER_ERROR: return ZTJSON_NUMBER_OUT_OF_RANGE;
    case DEPTH_ERROR: return ZTJSON_TOO_DEEP;
    case CAPACITY: return ZTJSON_TOO_LARGE;
    case MEMALLOC: return ZTJSON_OUT_OF_MEMORY;
    default: return ZTJSON_MALFORMED;
    }
}

bool is_digit(uint8_t byte) noexcept { return byte >= '0' && byte <= '9'; }

// Whether a run of digits exceeds what simdjson holds exactly: 2^63 for negative numbers, 2^64 - 1 otherwise.
bool exceeds_64_bits(std::string_view digits, bool negative) noexcept {
    const std::string_view most = negative ? "9223372036854775808" : "18446744073709551615";
    return digits.size() > most.size() || (digits.size() == most.size() && digits > most);
}

// simdjson 3.0 refuses integers beyond 64 bits. An exponent of zero turns each into a double it takes, so one huge number
// in a field nobody reads does not cost the record. Text outside numbers is copied as it is.
std::vector<uint8_t> with_huge_integers_as_doubles(const uint8_t *bytes, size_t length) {
    std::vector<uint8_t> result;
    result.reserve(length + 64);
    bool in_string = false;
    for (size_t at = 0; at < length;) {
        const uint8_t byte = bytes[at];
        if (in_string || !is_digit(byte)) {
            if (byte == '"') { in_string = !in_string; }
            result.push_back(byte);
            at += 1;
            if (in_string && byte == '\\' && at < length) { result.push_back(bytes[at++]); }
            continue;
        }
        const size_t start = at;
        while (at < length && is_digit(bytes[at])) { result.push_back(bytes[at++]); }
        const uint8_t before = start > 0 ? bytes[start - 1] : 0;
        const uint8_t after = at < length ? bytes[at] : 0;
        const bool is_whole = before != '.' && before != 'e' && before != 'E' && before != '+' && after != '.'
            && after != 'e' && after != 'E';
        const std::string_view digits(reinterpret_cast<const char *>(bytes + start), at - start);
        if (is_whole && exceeds_64_bits(digits, before == '-')) { result.insert(result.end(), {'e', '0'}); }
    }
    return result;
}

} // namespace

struct ztjson_document {
    dom::parser parser;
    size_t max_depth;
    // Input with the spare bytes that simdjson may read behind its end; grows to the largest document seen.
    std::vector<uint8_t> padded;

    error_code parse(const uint8_t *bytes, size_t length, dom::element &root) {
        if (length > parser.max_capacity()) { return CAPACITY; }
        if (parser.capacity() < length || parser.capacity() == 0) {
            // Grown by powers of two, so a feed of slowly growing records does not allocate for each.
            size_t capacity = 4096;
            while (capacity < length) { capacity *= 2; }
            const error_code error = parser.allocate(capacity < parser.max_capacity() ? capacity : length, max_depth);
            if (error) { return error; }
        }
        padded.resize(length + SIMDJSON_PADDING);
        if (length > 0) { std::memcpy(padded.data(), bytes, length); }
        std::memset(padded.data() + length, 0, SIMDJSON_PADDING);
        return parser.parse(padded.data(), length, false).get(root);
    }
};

extern "C" {

ztjson_document *ztjson_create(size_t max_depth) {
    auto *document = new (std::nothrow) ztjson_document();
    // simdjson counts the document itself as one level.
    if (document != nullptr) { document->max_depth = max_depth + 1; }
    return document;
}

void ztjson_destroy(ztjson_document *document) { delete document; }

ztjson_status ztjson_parse(
    ztjson_document *document, const uint8_t *bytes, size_t length, ztjson_node *root, const char **message) {
    try {
        dom::element element;
        error_code error = document->parse(bytes, length, element);
        if (error == NUMBER_ERROR) {
            const std::vector<uint8_t> rewritten = with_huge_integers_as_doubles(bytes, length);
            if (rewritten.size() > length) { error = document->parse(rewritten.data(), rewritten.size(), element); }
        }
        if (error == SUCCESS) { *root = pack(element); }
        *message = error == SUCCESS ? nullptr : error_message(error);
        return status_of(error);
    } catch (const std::bad_alloc &) {
        *message = error_message(MEMALLOC);
        return ZTJSON_OUT_OF_MEMORY;
    }
}

ztjson_kind ztjson_get_kind(ztjson_node node) {
    switch (element_of(node).type()) {
    case dom::element_type::ARRAY: return ZTJSON_ARRAY;
    case dom::element_type::OBJECT: return ZTJSON_OBJECT;
    case dom::element_type::INT64: return ZTJSON_INT64;
    case dom::element_type::UINT64: return ZTJSON_UINT64;
    case dom::element_type::DOUBLE: return ZTJSON_DOUBLE;
    case dom::element_type::STRING: return ZTJSON_STRING;
    case dom::element_type::BOOL: return ZTJSON_BOOL;
    case dom::element_type::NULL_VALUE: return ZTJSON_NULL;
    }
    return ZTJSON_NULL;
}

bool ztjson_get_string(ztjson_node node, const uint8_t **bytes, size_t *length) {
    std::string_view text;
    if (element_of(node).get_string().get(text) != SUCCESS) { return false; }
    *bytes = reinterpret_cast<const uint8_t *>(text.data());
    *length = text.size();
    return true;
}

bool ztjson_get_int64(ztjson_node node, int64_t *value) {
    return element_of(node).get_int64().get(*value) == SUCCESS;
}

bool ztjson_get_double(ztjson_node node, double *value) {
    return element_of(node).get_double().get(*value) == SUCCESS;
}

bool ztjson_get_bool(ztjson_node node, bool *value) { return element_of(node).get_bool().get(*value) == SUCCESS; }

bool ztjson_find_member(ztjson_node node, const uint8_t *key, size_t key_length, ztjson_node *value) {
    dom::object object;
    if (element_of(node).get_object().get(object) != SUCCESS) { return false; }
    dom::element found;
    const std::string_view name(reinterpret_cast<const char *>(key), key_length);
    if (object.at_key(name).get(found) != SUCCESS) { return false; }
    *value = pack(found);
    return true;
}

bool ztjson_open_array(ztjson_node node, ztjson_cursor *cursor, size_t *count) {
    dom::array array;
    if (element_of(node).get_array().get(array) != SUCCESS) { return false; }
    *cursor = {pack(array.begin()), pack(array.end())};
    *count = array.size();
    return true;
}

bool ztjson_next_element(ztjson_cursor *cursor, ztjson_node *element) {
    auto position = unpack<dom::array::iterator>(cursor->position);
    if (position == unpack<dom::array::iterator>(cursor->end)) { return false; }
    *element = pack(*position);
    cursor->position = pack(++position);
    return true;
}

bool ztjson_open_object(ztjson_node node, ztjson_cursor *cursor, size_t *count) {
    dom::object object;
    if (element_of(node).get_object().get(object) != SUCCESS) { return false; }
    *cursor = {pack(object.begin()), pack(object.end())};
    *count = object.size();
    return true;
}

bool ztjson_next_member(ztjson_cursor *cursor, const uint8_t **key, size_t *key_length, ztjson_node *value) {
    auto position = unpack<dom::object::iterator>(cursor->position);
    if (position == unpack<dom::object::iterator>(cursor->end)) { return false; }
    const std::string_view name = position.key();
    *key = reinterpret_cast<const uint8_t *>(name.data());
    *key_length = name.size();
    *value = pack(position.value());
    cursor->position = pack(++position);
    return true;
}

} // extern "C"
