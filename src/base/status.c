/* Owns the names of the status codes. Must not know what raises them. */
#include "ampcf.h"

const char *ampcf_status_name(ampcf_status status) {
    switch (status) {
    case AMPCF_OK: return "OK";
    case AMPCF_E_ARGUMENT: return "BAD_ARGUMENT";
    case AMPCF_E_ITEM_RANGE: return "ITEM_RANGE";
    case AMPCF_E_MEMORY: return "OUT_OF_MEMORY";
    case AMPCF_E_NO_DATA: return "NO_DATA";
    case AMPCF_E_DIVERGED: return "DIVERGED";
    case AMPCF_E_BAD_MAGIC: return "BAD_MAGIC";
    case AMPCF_E_TRUNCATED: return "TRUNCATED";
    case AMPCF_E_TRAILING_DATA: return "TRAILING_DATA";
    case AMPCF_E_CHECKSUM: return "CHECKSUM";
    case AMPCF_E_LIMIT: return "LIMIT";
    case AMPCF_E_BAD_SECTION: return "BAD_SECTION";
    case AMPCF_E_BAD_NUMBER: return "BAD_NUMBER";
    case AMPCF_E_BAD_IDS: return "BAD_IDS";
    case AMPCF_E_UNSUPPORTED_VERSION: return "UNSUPPORTED_VERSION";
    case AMPCF_E_BAD_TEXT: return "BAD_TEXT";
    case AMPCF_E_BAD_ASPECTS: return "BAD_ASPECTS";
    case AMPCF_E_BAD_NEIGHBOURS: return "BAD_NEIGHBOURS";
    }
    return "UNKNOWN";
}
