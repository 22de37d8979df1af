/* SDMX-ML: every allocation failing, parts that begin where nothing begins, stopping, and the scanner's windows. */
#include <stdlib.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/read/read.h"
#include "core/syntax/xml.h"

#include "check.h"

static const char specific[] =
    "<?xml version='1.0'?><m:StructureSpecificData xmlns:m='sdmx/schemas/v3_0/'><m:Header><m:ID>x&amp;y</m:ID>"
    "<m:Structure structureID='S' dimensionAtObservation='TIME_PERIOD'><Ref agencyID='A' id='B' "
    "version='1'/></m:Structure>"
    "</m:Header><m:DataSet structureRef='S' LANG='en'><Group G='a' TITLE='t'/><Series FREQ='A' G='a' DECIMALS='1' "
    "X='x'>\n"
    "<Obs TIME_PERIOD='2020' OBS_VALUE='1.5' OBS_STATUS='p'/>\n<Obs TIME_PERIOD='2021' OBS_VALUE='2.5' NOTE='n'/>\n"
    "<Obs TIME_PERIOD='2022' OBS_VALUE='NaN' OBS_STATUS='SD'/>\n<Obs TIME_PERIOD='2022-W99' OBS_VALUE='1'/></Series>\n"
    "<Series FREQ='A' G='a' DECIMALS='1' X='y'><Obs TIME_PERIOD='2020' OBS_VALUE='1' OBS_STATUS='q'/><Obs "
    "TIME_PERIOD='2020' OBS_VALUE='2'/></Series></m:DataSet><m:DataSet/><f:Footer><f:Message code='1'><Text>a</Text>"
    "</f:Message></f:Footer></m:StructureSpecificData>";
static const char generic[] =
    "<GenericData xmlns='sdmx'><DataSet><KeyFamilyRef>K</KeyFamilyRef><Group><GroupKey><Value id='G' "
    "value='a'/></GroupKey>"
    "<Attributes><Value id='T' value='x'/></Attributes></Group><Series><SeriesKey><Value concept='G' "
    "value='a'/></SeriesKey>"
    "<Obs><Time>2020</Time><ObsValue value='1'/></Obs><Obs><Time>2021</Time><ObsValue value='2'/><Attributes><Value "
    "id='OBS_STATUS' value='E'/><Value id='NOTE' value='a&lt;'/></Attributes></Obs></Series></DataSet></GenericData>";
static const char measures[] =
    "<StructureSpecificData xmlns='sdmx/schemas/v3_0/'><DataSet><Obs A='x' TIME_PERIOD='2020' M='1' N='2'/>"
    "<Obs A='y' TIME_PERIOD='2020' M='3'><Comp id='C'><Value>1</Value><Value>2</Value></Comp></Obs></DataSet>"
    "</StructureSpecificData>";
static const char utility[] = "<UtilityData xmlns='SDMX'><DataSet><G "
                              "DECIMALS='1'><Series><Key><FREQ>M</FREQ></Key><Obs OBS_STATUS='A'><T>2000-01</T>"
                              "<V>3.1</V></Obs></Series></G></DataSet></UtilityData>";

static ic_status read_text(const char *text, size_t size, const ic_options *options, ic_error *error, size_t *rows) {
    ic_span span = {text, size};
    ic_source source = {.context = &span, .read = ic_span_read, .size = size, .seekable = 1};
    ic_dataset dataset = {0};
    ic_status status = ic_format_named("sdmx-ml")->read(&source, options, &dataset, error);
    *rows = dataset.rows;
    ic_dataset_free(&dataset);
    return status;
}

/* Each call for memory fails in its turn, alone or with all that follow. */
static void fail_every(const char *text, size_t size, const ic_options *options, long step) {
    ic_error error = {0};
    size_t rows;
    ic_status expected = read_text(text, size, options, &error, &rows);
    long live = ic_test_live;
    for (int on = 0; on < 2; on++) {
        for (long k = 1; k < 1000000; k += step) {
            error = (ic_error){0};
            ic_test_fail_on = on;
            ic_test_fail_at = k;
            ic_status status = read_text(text, size, options, &error, &rows);
            int reached = on ? ic_test_fail_at == 1 : ic_test_fail_at <= 0;
            ic_test_fail_at = 0;
            CHECK(status == IC_MEMORY || status == expected);
            if (status == IC_MEMORY) CHECK(error.status == IC_MEMORY && error.message[0] != '\0');
            CHECK(ic_test_live == live);
            if (!reached) {
                CHECK(status == expected && k > 10);
                break;
            }
        }
    }
    ic_test_fail_on = 0;
}

static void test_failing_allocations(void) {
    static const char *attributes[] = {"NOTE", "OBS_STATUS"};
    static size_t lengths[] = {4, 10};
    static const char *const texts[] = {specific, generic, measures, utility};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (int k = 0; k < 4; k++) {
            ic_options options = {.threads = 1 + (k & 1), .limits = {1 << 20, 1000, 1 << 16}};
            options.duplicates = k & 2 ? IC_DUPLICATES_SUM : IC_DUPLICATES_ERROR;
            options.plain = k & 1;
            if (i < 2 && k > 1) options.attributes = (ic_texts){attributes, lengths, 2};
            fail_every(texts[i], strlen(texts[i]), &options, 1);
        }
    }
}

/* More than 2 MB of series, so that there are parts. */
static char *many(const char *series, const char *end, size_t *size, size_t *count) {
    static const char head[] = "<StructureSpecificData xmlns='sdmx'><DataSet>\n";
    *count = ((size_t)5 << 19) / strlen(series) + 1;
    char *text = malloc(sizeof head + *count * (strlen(series) + 8) + strlen(end) + 64), *p = text;
    if (text == NULL) abort();
    p += sprintf(p, "%s", head);
    for (size_t i = 0; i < *count; i++) p += sprintf(p, series, (unsigned)i);
    p += sprintf(p, "%s</DataSet></StructureSpecificData>", end);
    *size = (size_t)(p - text);
    return text;
}

static int stop_at_once(void *context, uint64_t done) {
    (void)context;
    (void)done;
    return 1;
}

static void test_parts(void) {
    static const struct {
        const char *series, *end;
        ic_status status;
    } files[] = {
        {"<Series G='%u'><Obs TIME_PERIOD='2020' OBS_VALUE='1.5'/><Obs TIME_PERIOD='2021' OBS_VALUE='2'/></Series>\n",
         "", IC_OK},
        {"<Series G='%u'><Obs TIME_PERIOD='2020' OBS_VALUE='1.5'/><Obs TIME_PERIOD='2021' OBS_VALUE='2'/></Series>\n",
         "<Series G='1'><Obs TIME_PERIOD='x'/></Series>", IC_FORMAT},
        /* nothing but false beginnings: in comments, in CDATA, in a series */
        {"<Series G='%u'><!--<Series G='a'><Obs TIME_PERIOD='2020' OBS_VALUE='x'/>--><Obs TIME_PERIOD='2020' "
         "OBS_VALUE='1'/>"
         "<Obs TIME_PERIOD='2021' OBS_VALUE='2'/></Series>\n",
         "", IC_OK},
        {"<Series G='%u'><Annotations><Series a='x'><![CDATA[<Series <Series >]]></Series></Annotations><Obs "
         "TIME_PERIOD='2020' "
         "OBS_VALUE='1'/><Obs TIME_PERIOD='2021' OBS_VALUE='2'/></Series>\n",
         "", IC_OK},
        {"<Obs G='%u' TIME_PERIOD='2020' OBS_VALUE='1'/>\n<Obs G='x' TIME_PERIOD='2021' OBS_VALUE='2'/>\n", "",
         IC_FORMAT},
        {"<Obs G='%u' TIME_PERIOD='2020' OBS_VALUE='1'/>\n<Obs G='x' TIME_PERIOD='2021' OBS_VALUE='2'/>\n",
         "</DataSet><DataSet><Obs G='new' TIME_PERIOD='2020' OBS_VALUE='x'/>", IC_FORMAT},
    };
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        size_t size, count, rows, expected = 0;
        char *text = many(files[f].series, files[f].end, &size, &count);
        ic_error first = {0};
        for (int threads = 1; threads < 8; threads += 2) {
            ic_options options = {.threads = threads, .limits = {1 << 22, 1000, 1 << 22}};
            ic_error error = {0};
            CHECK(read_text(text, size, &options, &error, &rows) == files[f].status);
            if (files[f].status == IC_OK) CHECK(rows == 2 * count);
            if (threads == 1) {
                first = error;
                expected = rows;
            }
            CHECK(rows == expected && error.line == first.line && error.column == first.column);
            CHECK(error.offset == first.offset && strcmp(error.message, first.message) == 0);
        }
        ic_options options = {.threads = 2, .limits = {1 << 22, 1000, 1 << 22}};
        fail_every(text, size, &options, 4001);
        ic_span span = {text, size};
        ic_source source = {.context = &span, .read = ic_span_read, .poll = stop_at_once, .size = size, .seekable = 1};
        ic_dataset dataset = {0};
        ic_error error = {0};
        CHECK(ic_format_named("sdmx-ml")->read(&source, &options, &dataset, &error) == IC_STOPPED);
        ic_dataset_free(&dataset);
        free(text);
    }
}

typedef struct drip {
    const char *text;
    size_t size, step;
} drip;

static int64_t drip_read(void *context, void *buffer, size_t size, uint64_t offset) {
    drip *d = context;
    size_t left = offset < d->size ? d->size - (size_t)offset : 0, n = left < size ? left : size;
    if (n > d->step) n = d->step;
    if (n > 0) memcpy(buffer, d->text + offset, n);
    return (int64_t)n;
}

/* Events, however few bytes come at a time. */
static void test_windows(void) {
    static const char text[] =
        "\xEF\xBB\xBF<?xml version='1.0'?><a b='c&amp;d'><!-- e --><f>g&#65;\r\n</f><![CDATA[h]]></a>\n";
    for (size_t step = 1; step < 9; step++) {
        drip d = {text, sizeof text - 1, step};
        ic_source source = {.context = &d, .read = drip_read, .size = IC_SIZE_UNKNOWN};
        ic_xml xml;
        ic_error error = {0};
        size_t starts = 0, ends = 0, bytes = 0;
        ic_status status = ic_xml_open(&xml, &source, 64, &error);
        while (status == IC_OK && (status = ic_xml_next(&xml, &error)) == IC_OK && xml.event != IC_XML_DONE) {
            starts += xml.event == IC_XML_START;
            ends += xml.event == IC_XML_END;
            if (xml.event == IC_XML_TEXT) bytes += xml.length;
            if (xml.event == IC_XML_START && xml.depth == 1)
                CHECK(xml.n_attributes == 1 && xml.attributes[0].length == 3 &&
                      memcmp(xml.attributes[0].value, "c&d", 3) == 0);
        }
        CHECK(status == IC_OK && starts == 2 && ends == 2 && bytes == 4 && xml.line == 2);
        ic_xml_close(&xml);
    }
    for (size_t limit = 1; limit < 40; limit++) { /* what is longer than the limit is an error, never an overrun */
        drip d = {text, sizeof text - 1, 3};
        ic_source source = {.context = &d, .read = drip_read, .size = IC_SIZE_UNKNOWN};
        ic_xml xml;
        ic_error error = {0};
        ic_status status = ic_xml_open(&xml, &source, limit, &error);
        while (status == IC_OK && (status = ic_xml_next(&xml, &error)) == IC_OK && xml.event != IC_XML_DONE) continue;
        CHECK(limit < 20 ? status == IC_LIMIT : limit > 22 ? status == IC_OK : status == IC_OK || status == IC_LIMIT);
        ic_xml_close(&xml);
    }
}

int main(void) {
    test_windows();
    test_failing_allocations();
    test_parts();
    REPORT();
}
