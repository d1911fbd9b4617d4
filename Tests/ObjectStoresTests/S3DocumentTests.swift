import Foundation
import Testing

@testable import ObjectStores

@Suite struct S3DocumentTests {
  @Test func readsWhatS3Answers() {
    let document = S3Document(
      Data(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><PartNumberMarker>0</PartNumberMarker>
        <Part><PartNumber>1</PartNumber><ETag>&quot;ab&quot;</ETag><Size>5</Size></Part>
        <Part><PartNumber>2</PartNumber><ETag>"c&amp;lt;d"</ETag><Size>7</Size></Part><Empty/><IsTruncated>false</IsTruncated></ListPartsResult>
        """.utf8))
    #expect(document.all("Part").map { $0.value("PartNumber") } == ["1", "2"])
    #expect(document.all("Part").map { $0.value("ETag") } == ["\"ab\"", "\"c&lt;d\""])
    #expect(document.value("IsTruncated") == "false" && document.value("Empty") == "")
    #expect(document.value("Part")?.isEmpty == false && document.value("Siz") == nil)
  }

  @Test func nothingIsReadOfRubbish() {
    for text in ["", "<Code", "<Code>half", "no XML at all", "<Codes>1</Codes>"] {
      #expect(S3Document(Data(text.utf8)).value("Code") == nil)
    }
  }

  /// Amazon writes a space as a plus, others as %20; a plus itself is %2B with all of them.
  @Test func listedKeysAreReadAsTheyWereWritten() {
    #expect(S3Store.unescaped("job-1/a+b%20c%2Bd/Gr%C3%B6%C3%9Fe.zip") == "job-1/a b c+d/Größe.zip")
    #expect(S3Store.unescaped("job-1/%") == nil)
  }
}
