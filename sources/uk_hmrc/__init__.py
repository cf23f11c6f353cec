"""HM Revenue and Customs: what the United Kingdom declares monthly, by CN8 product and partner."""
