#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// simdjson's DOM behind C, so that no target needs Swift's C++ interoperability. Nothing here throws or logs.
// Pointers handed out live as long as the document they came from and until its next parse.
#ifdef __cplusplus
extern "C" {
#endif

/// A parser with its buffers and the document parsed last.
typedef struct ztjson_document ztjson_document;

/// A place in a parsed document; opaque and freely copied.
typedef struct {
    uint64_t words[2];
} ztjson_node;

/// A walk over the children of an array or object.
typedef struct {
    ztjson_node position;
    ztjson_node end;
} ztjson_cursor;

/// What a node is.
typedef enum {
    ZTJSON_NULL,
    ZTJSON_BOOL,
    ZTJSON_INT64,
    ZTJSON_UINT64,
    ZTJSON_DOUBLE,
    ZTJSON_STRING,
    ZTJSON_ARRAY,
    ZTJSON_OBJECT,
} ztjson_kind;

/// How a parse ended.
typedef enum {
    ZTJSON_OK,
    ZTJSON_MALFORMED,
    ZTJSON_INVALID_UTF8,
    ZTJSON_NUMBER_OUT_OF_RANGE,
    ZTJSON_TOO_DEEP,
    ZTJSON_TOO_LARGE,
    ZTJSON_OUT_OF_MEMORY,
} ztjson_status;

/// Makes a parser for documents nested at most `max_depth` deep (scalars count as depth 0); NULL without memory.
ztjson_document *ztjson_create(size_t max_depth);
/// Frees the parser and its document.
void ztjson_destroy(ztjson_document *document);

/// Parses `length` bytes of UTF-8 JSON; they need no padding and are not kept.
///
/// Integers beyond 64 bits become doubles. `message` receives a static English text unless the status is OK.
ztjson_status ztjson_parse(
    ztjson_document *document, const uint8_t *bytes, size_t length, ztjson_node *root, const char **message);

/// What a node is.
ztjson_kind ztjson_get_kind(ztjson_node node);
/// A string's decoded UTF-8; false when the node is none. It may hold NUL bytes.
bool ztjson_get_string(ztjson_node node, const uint8_t **bytes, size_t *length);
/// An integer that fits; false otherwise.
bool ztjson_get_int64(ztjson_node node, int64_t *value);
/// Any number, rounded to the nearest double; false when the node is none.
bool ztjson_get_double(ztjson_node node, double *value);
/// A truth value; false when the node is none.
bool ztjson_get_bool(ztjson_node node, bool *value);

/// The first member of that name; false when the node is no object or has none.
bool ztjson_find_member(ztjson_node object, const uint8_t *key, size_t key_length, ztjson_node *value);

/// Starts a walk; false when the node is no array. `count` is the number of elements, saturated at 0xFFFFFF.
bool ztjson_open_array(ztjson_node array, ztjson_cursor *cursor, size_t *count);
/// The next element; false at the end.
bool ztjson_next_element(ztjson_cursor *cursor, ztjson_node *element);
/// Starts a walk; false when the node is no object. `count` is the number of members, saturated at 0xFFFFFF.
bool ztjson_open_object(ztjson_node object, ztjson_cursor *cursor, size_t *count);
/// The next member; false at the end.
bool ztjson_next_member(ztjson_cursor *cursor, const uint8_t **key, size_t *key_length, ztjson_node *value);

#ifdef __cplusplus
}
#endif
