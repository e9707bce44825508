// libcurl, and its functions of a variable number of arguments in forms that Swift can call.
#include <curl/curl.h>

static inline CURLcode zt_curl_set_text(CURL *curl, CURLoption option, const char *value) {
    return curl_easy_setopt(curl, option, value);
}
static inline CURLcode zt_curl_set_number(CURL *curl, CURLoption option, long value) {
    return curl_easy_setopt(curl, option, value);
}
static inline CURLcode zt_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(curl, option, value);
}
static inline CURLcode zt_curl_set_reader(CURL *curl, curl_read_callback read, void *context) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_READFUNCTION, read);
    return code ? code : curl_easy_setopt(curl, CURLOPT_READDATA, context);
}
static inline CURLcode zt_curl_set_watcher(CURL *curl, curl_xferinfo_callback watch, void *context) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
    return code ? code : curl_easy_setopt(curl, CURLOPT_XFERINFODATA, context);
}
static inline long zt_curl_response_code(CURL *curl) {
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    return code;
}
